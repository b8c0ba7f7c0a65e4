import { noRows, query, rowCheck, type Check } from '@ecommerce-dms/validator';

const redemptions = query({
  name: 'redemptions',
  key: ['order_id', 'coupon_id'],
  sql: `select r.order_id, r.coupon_id, c.code, r.released_at, o.status, r.discount_minor, o.placed_at, p.valid, p.scope,
      coalesce(a.discount_minor, 0) as charged_discount_minor
    from coupon_redemption r join sales_order o on o.id = r.order_id
    join coupon c on c.id = r.coupon_id join promotion p on p.id = c.promotion_id
    left join (select order_id, code, sum(amount_minor) as discount_minor from order_adjustment
      where kind = 'discount' group by order_id, code) a on a.order_id = r.order_id and a.code = c.code`,
});

/** Invariant 12. */
export function couponChecks(): Check[] {
  return [
    noRows({
      id: 'coupon.usage-limit',
      description: 'No coupon is used by more orders than its limit allows.',
      sql: `select c.id, c.code, c.usage_limit, count(*) as uses
        from coupon c join coupon_redemption r on r.coupon_id = c.id and r.released_at is null
        group by c.id having count(*) > c.usage_limit`,
      key: ['id'],
      show: ['code', 'usage_limit', 'uses'],
      fix: 'If somebody has lowered the limit, raise it to the uses; otherwise find what wrote past the trigger.',
    }),
    noRows({
      id: 'coupon.counters',
      description:
        'The counters of a limited coupon have its uses, and its limit in all; no other coupon has any.',
      sql: `with used as (
          select r.coupon_id, coalesce(r.shard, 0) as shard, count(*) as uses from coupon_redemption r
          join coupon c on c.id = r.coupon_id and c.usage_limit is not null
          where r.released_at is null group by 1, 2),
        counted as (
          select coupon_id, sum(k.uses) as counted, sum(capacity) as capacity, sum(used.uses) as uses,
            bool_or(coalesce(k.uses, 0) <> coalesce(used.uses, 0)) as differs
          from coupon_counter k full join used using (coupon_id, shard) group by coupon_id)
        select c.id, c.code, c.usage_limit, k.capacity, coalesce(k.uses, 0) as uses, k.counted
        from coupon c left join counted k on k.coupon_id = c.id
        where c.usage_limit is distinct from k.capacity or k.differs`,
      key: ['id'],
      show: ['code', 'usage_limit', 'capacity', 'uses', 'counted'],
      fix: 'Find what wrote past the triggers; then count again: update coupon set usage_limit = usage_limit where id = …',
    }),
    rowCheck({
      id: 'coupon.released',
      description: 'Cancelled orders have given their coupon back, and no others have.',
      on: redemptions,
      that: `(status = 'cancelled') = (released_at is not null)`,
      show: ['coupon_id', 'status', 'released_at'],
      fix: 'Find what wrote past the trigger; then set released_at, or clear it, as superuser.',
    }),
    rowCheck({
      id: 'coupon.discount',
      description:
        'What a coupon took off the lines of an order are discounts of the order with its code, as far as they go.',
      on: redemptions,
      that: `scope = 'shipping' or discount_minor <= charged_discount_minor`,
      show: ['code', 'discount_minor', 'charged_discount_minor'],
      fix: 'The order is on the books: correct the redemption, as superuser.',
    }),
    rowCheck({
      id: 'coupon.valid',
      description:
        'The promotion of a coupon was valid when the order was placed, or until a minute before: the checkout had begun.',
      on: redemptions,
      that: `valid && tstzrange(placed_at - interval '1 minute', placed_at, '[]') and lower(valid) <= placed_at`,
      show: ['code', 'placed_at', 'valid'],
      fix: 'If somebody has changed when the promotion was valid, set it back; otherwise find who wrote the use.',
    }),
    noRows({
      id: 'coupon.unused',
      description: 'A discount with the code of a coupon is of an order that has used it.',
      sql: `select a.id, a.order_id, a.code, a.amount_minor from order_adjustment a join coupon c on c.code = a.code
        where a.kind = 'discount' and not exists (
          select from coupon_redemption r where r.order_id = a.order_id and r.coupon_id = c.id)`,
      key: ['id'],
      show: ['order_id', 'code', 'amount_minor'],
      fix: 'Give the discounts of a checkout (adjustments) other codes than coupons; insert the use that is missing.',
    }),
    noRows({
      id: 'coupon.customer-locks',
      description: 'Every row is there that uses of a coupon by one customer wait for each other at.',
      sql: `select bucket from generate_series(0, 1023) as every (bucket)
        where not exists (select from coupon_customer_lock l where l.bucket = every.bucket)`,
      key: ['bucket'],
      fix: 'Insert it as the owner: without it, a customer may use a coupon twice at the same time.',
    }),
  ];
}
