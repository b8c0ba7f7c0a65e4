import { defineEntity, p } from '@mikro-orm/core';
import { Coupon } from '../promotion/coupon.ts';
import { Cart } from './cart.ts';

const CartCouponSchema = defineEntity({
  name: 'CartCoupon',
  tableName: 'cart_coupon',
  properties: {
    cart: () => p.oneToOne(Cart).primary().deleteRule('cascade').updateRule('no action'),
    coupon: () => p.manyToOne(Coupon),
  },
});

/** The coupon of a cart: at most one. */
export class CartCoupon extends CartCouponSchema.class {}
CartCouponSchema.setClass(CartCoupon);
