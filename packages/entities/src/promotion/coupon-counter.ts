import { defineEntity, p } from '@mikro-orm/core';
import { Coupon } from './coupon.ts';

const CouponCounterSchema = defineEntity({
  name: 'CouponCounter',
  tableName: 'coupon_counter',
  comment:
    'The uses of a coupon with a usage_limit, in up to 16 rows, so that checkouts do not wait for each other.',
  properties: {
    coupon: () => p.manyToOne(Coupon).primary().deleteRule('no action').updateRule('no action'),
    shard: p.smallint().primary(),
    uses: p.integer(),
    /** A share of the limit; the capacities of a coupon add up to it. */
    capacity: p.integer(),
  },
  checks: [
    { name: 'coupon_counter_shard_check', expression: 'shard >= 0' },
    { name: 'coupon_counter_uses_check', expression: 'uses >= 0 and uses <= capacity' },
  ],
});

/** A part of the uses of a limited coupon. Triggers count them. */
export class CouponCounter extends CouponCounterSchema.class {}
CouponCounterSchema.setClass(CouponCounter);
