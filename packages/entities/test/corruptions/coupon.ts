import { id, order } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

/** A coupon that the completed order has used, and what follows. */
const used = (usageLimit: number, discountMinor: number) =>
  `insert into promotion (id, name, rate_ppm) values ('${id(101)}', 'Welcome', 50000);
   insert into coupon (id, promotion_id, code, usage_limit) values ('${id(102)}', '${id(101)}', 'WELCOME', ${usageLimit});
   insert into coupon_redemption (order_id, coupon_id, discount_minor)
     values ('${order.completed}', '${id(102)}', ${discountMinor});`;

/** Invariant 12: coupons. */
export const couponCorruptions: Corruption[] = [
  { what: 'a coupon that is used within its limits', sql: used(1, 200), findings: [] },
  { what: 'a coupon that is used too often', sql: used(0, 200), findings: ['coupon.usage-limit'] },
  {
    what: 'a use that was given back without a cancellation',
    sql: `${used(1, 200)} update coupon_redemption set released_at = now()`,
    findings: ['coupon.released'],
  },
  {
    what: 'a use that a cancelled order has kept',
    sql: `${used(1, 0)} update coupon_redemption set order_id = '${order.cancelled}'`,
    findings: ['coupon.released'],
  },
  {
    what: 'a coupon that took off more than the order says',
    sql: used(1, 201),
    findings: ['coupon.discount'],
  },
];
