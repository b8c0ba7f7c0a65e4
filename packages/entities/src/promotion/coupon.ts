import { defineEntity, p } from '@mikro-orm/core';
import { Cart } from '../cart/cart.ts';
import { createdAt, id, minorUnits, timestamp } from '../columns.ts';
import { SalesOrder } from '../order/sales-order.ts';
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
    /** Orders that may use it; those that were cancelled do not count. */
    usageLimit: p.integer().nullable(),
    /** Orders of one customer that may. */
    customerUsageLimit: p.integer().nullable(),
    createdAt,
  },
  checks: [
    { name: 'coupon_code_check', expression: `code ~ '^[A-Z0-9-]{3,40}$'` },
    { name: 'coupon_limits_check', expression: 'usage_limit >= 0 and customer_usage_limit >= 1' },
  ],
});

/** A code that grants a promotion, with its limits. */
export class Coupon extends CouponSchema.class {}
CouponSchema.setClass(Coupon);

const CartCouponSchema = defineEntity({
  name: 'CartCoupon',
  tableName: 'cart_coupon',
  properties: {
    cart: () => p.oneToOne(Cart).primary().deleteRule('cascade').updateRule('no action'),
    coupon: () => p.manyToOne(Coupon).index('cart_coupon_coupon_id_index'),
    createdAt,
  },
});

/** The coupon of a cart: at most one. */
export class CartCoupon extends CartCouponSchema.class {}
CartCouponSchema.setClass(CartCoupon);

const CouponRedemptionSchema = defineEntity({
  name: 'CouponRedemption',
  tableName: 'coupon_redemption',
  comment: 'A use of a coupon by an order. Released: the order was cancelled.',
  properties: {
    order: () => p.oneToOne(SalesOrder).primary().updateRule('no action').deleteRule('no action'),
    coupon: () => p.manyToOne(Coupon),
    discountMinor: minorUnits(),
    createdAt,
    /** Set by a trigger when the order is cancelled: the use is given back. */
    releasedAt: timestamp().nullable(),
  },
  indexes: [{ name: 'coupon_redemption_coupon_id_index', properties: ['coupon', 'releasedAt'] }],
  checks: [{ name: 'coupon_redemption_discount_minor_check', expression: 'discount_minor >= 0' }],
  triggers: [
    trigger(
      'coupon_redemption',
      'limits',
      'after insert',
      'for each row execute function check_coupon_limits()',
    ),
  ],
});

/** A use of a coupon by an order. A trigger refuses one above the coupon's limits. */
export class CouponRedemption extends CouponRedemptionSchema.class {}
CouponRedemptionSchema.setClass(CouponRedemption);
