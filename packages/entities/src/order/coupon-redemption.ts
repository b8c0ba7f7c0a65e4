import { defineEntity, p } from '@mikro-orm/core';
import { minorUnits, timestamp } from '../columns.ts';
import { Coupon } from '../promotion/coupon.ts';
import { trigger } from '../triggers.ts';
import { SalesOrder } from './sales-order.ts';

const CouponRedemptionSchema = defineEntity({
  name: 'CouponRedemption',
  tableName: 'coupon_redemption',
  comment: 'A use of a coupon by an order. Released: the order was cancelled.',
  properties: {
    order: () => p.manyToOne(SalesOrder).primary().updateRule('no action').deleteRule('no action'),
    coupon: () =>
      p
        .manyToOne(Coupon)
        .primary()
        .updateRule('no action')
        .deleteRule('no action')
        .index('coupon_redemption_coupon_id_index'),
    discountMinor: minorUnits(),
    /** Set by a trigger when the order is cancelled: the use is given back. */
    releasedAt: timestamp().nullable(),
    /** Set by a trigger. */
    shard: p
      .smallint()
      .nullable()
      .comment(
        'The row of coupon_counter that counts it. Null: made without a limit; shard 0 counts it if there is one now.',
      ),
  },
  checks: [{ name: 'coupon_redemption_discount_minor_check', expression: 'discount_minor >= 0' }],
  triggers: [
    trigger('coupon_redemption', 'count', {
      timing: 'before',
      events: ['insert'],
      execute: 'count_coupon_use',
    }),
    trigger('coupon_redemption', 'customer_limit', {
      timing: 'after',
      events: ['insert'],
      execute: 'check_coupon_customer_limit',
    }),
    trigger('coupon_redemption', 'placed', {
      timing: 'after',
      events: ['insert'],
      execute: 'check_redeeming_order',
    }),
  ],
});

/** A use of a coupon by an order. Triggers refuse one above the coupon's limits. */
export class CouponRedemption extends CouponRedemptionSchema.class {}
CouponRedemptionSchema.setClass(CouponRedemption);
