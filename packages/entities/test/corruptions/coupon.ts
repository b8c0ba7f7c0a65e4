import { id, order } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

/** A coupon that the completed order has used, counted as the triggers do, and what follows. */
const used = (usageLimit: number, discountMinor: number) =>
  `insert into promotion (id, name, rate_ppm, valid) values ('${id(101)}', 'Welcome', 50000, '[2026-01-01,)');
   insert into coupon (id, promotion_id, code, usage_limit) values ('${id(102)}', '${id(101)}', 'WELCOME', ${usageLimit});
   insert into coupon_redemption (order_id, coupon_id, discount_minor, shard)
     values ('${order.completed}', '${id(102)}', ${discountMinor}, 0);
   insert into coupon_counter (coupon_id, shard, uses, capacity) values ('${id(102)}', 0, 1, ${Math.max(usageLimit, 1)});`;
const counters = (change: string) => `${used(3, 200)} update coupon_counter set ${change};`;

/** Invariant 12: coupons. */
export const couponCorruptions: Corruption[] = [
  { what: 'a coupon that is used within its limits', sql: used(1, 200), findings: [] },
  {
    what: 'a coupon that is used too often',
    sql: used(0, 200),
    findings: ['coupon.counters', 'coupon.usage-limit'],
  },
  { what: 'a use that no counter has', sql: counters('uses = 0'), findings: ['coupon.counters'] },
  { what: 'a use that another counter has', sql: counters('shard = 1'), findings: ['coupon.counters'] },
  { what: 'counters of more than the limit', sql: counters('capacity = 4'), findings: ['coupon.counters'] },
  {
    what: 'a limit without counters',
    sql: `${used(3, 200)} delete from coupon_counter`,
    findings: ['coupon.counters'],
  },
  {
    what: 'counters of a coupon without a limit',
    sql: `${used(3, 200)} update coupon set usage_limit = null`,
    findings: ['coupon.counters'],
  },

  {
    what: 'a use that was given back without a cancellation',
    sql: `${counters('uses = 0')} update coupon_redemption set released_at = now()`,
    findings: ['coupon.released'],
  },
  {
    what: 'a use that a cancelled order has kept',
    sql: `${used(1, 0)} update coupon_redemption set order_id = '${order.cancelled}'`,
    findings: ['coupon.released', 'coupon.unused'],
  },
  {
    what: 'a coupon that took off more than the order says',
    sql: used(1, 201),
    findings: ['coupon.discount'],
  },
  {
    what: 'a shipping promotion, which is in no discount of the order',
    sql: `${used(1, 499)} update promotion set scope = 'shipping'`,
    findings: [],
  },
  {
    what: 'a promotion that ended before the order',
    sql: `${used(1, 200)} update promotion set valid = tstzrange('2026-01-01', now() - interval '1 hour');
     update sales_order set placed_at = now() where id = '${order.completed}'`,
    findings: ['coupon.valid'],
  },
  {
    what: 'a promotion that ended as the order was being placed',
    sql: `${used(1, 200)} update promotion set valid = tstzrange('2026-01-01', (
       select placed_at - interval '1 second' from sales_order where id = '${order.completed}'))`,
    findings: [],
  },
  {
    what: 'a promotion that began after the order',
    sql: `${used(1, 200)} update promotion set valid = tstzrange(now() + interval '1 hour', null)`,
    findings: ['coupon.valid'],
  },
  {
    what: 'a discount by a coupon that was not used',
    sql: `${used(1, 200)} delete from coupon_redemption; update coupon_counter set uses = 0`,
    findings: ['coupon.unused'],
  },
  {
    what: 'a row that uses of one customer wait at, and that is lost',
    sql: 'delete from coupon_customer_lock where bucket = 7',
    findings: ['coupon.customer-locks'],
  },
];
