import { defineEntity, p } from '@mikro-orm/core';
import { createdAt, id } from '../columns.ts';
import { trigger } from '../triggers.ts';
import { Promotion } from './promotion.ts';

const CouponSchema = defineEntity({
  name: 'Coupon',
  tableName: 'coupon',
  comment: 'A code that grants a promotion. A limit that is null does not limit.',
  properties: {
    id,
    promotion: () => p.manyToOne(Promotion).index('coupon_promotion_id_index'),
    /** Upper case; customers may type it in any case. */
    code: p.text().unique('coupon_code_unique'),
    /** How many orders may use it; cancelled ones do not count. */
    usageLimit: p.integer().nullable(),
    /** How many orders of one customer may use it. */
    customerUsageLimit: p.integer().nullable(),
    createdAt,
  },
  checks: [
    { name: 'coupon_code_check', expression: `code ~ '^[A-Z0-9-]{3,40}$'` },
    { name: 'coupon_limits_check', expression: 'usage_limit >= 0 and customer_usage_limit >= 1' },
  ],
  triggers: [
    trigger('coupon', 'spread_limit', {
      timing: 'after',
      events: ['insert', 'update'],
      columns: ['usage_limit'],
      execute: 'spread_coupon_limit',
    }),
  ],
});

/** A code that grants a promotion, with its limits. */
export class Coupon extends CouponSchema.class {}
CouponSchema.setClass(Coupon);
