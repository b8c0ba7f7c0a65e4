import type { Corruption } from './corruption.ts';
import { id, order } from './sound-shop.ts';

/** A coupon that the completed order has used, and what follows. */
const used = (usageLimit: number, discountMinor: number) =>
  `insert into promotion (id, name, rate_ppm) values ('${id(101)}', 'Welcome', 50000);
   insert into coupon (id, promotion_id, code, usage_limit) values ('${id(102)}', '${id(101)}', 'WELCOME', ${usageLimit});
   insert into coupon_redemption (order_id, coupon_id, discount_minor)
     values ('${order.completed}', '${id(102)}', ${discountMinor});`;

/** Corruptions of coupons: invariant 12. */
export const couponCorruptions: Corruption[] = [
  [12, 'nothing that is wrong with a coupon', used(1, 200), []],
  [12, 'a coupon that is used too often', used(0, 200), ['coupon.usage-limit']],
  [
    12,
    'a use that was given back without a cancellation',
    `${used(1, 200)} update coupon_redemption set released_at = now()`,
    ['coupon.released'],
  ],
  [
    12,
    'a use that a cancelled order has kept',
    `${used(1, 0)} update coupon_redemption set order_id = '${order.cancelled}'`,
    ['coupon.released'],
  ],
  [12, 'a coupon that took off more than the order says', used(1, 201), ['coupon.discount']],
];
