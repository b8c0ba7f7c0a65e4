import { noRows, query, rowCheck, type Check } from '@ecommerce-dms/validator';

const redemptions = query({
  name: 'redemptions',
  key: ['order_id'],
  sql: `select r.order_id, r.coupon_id, r.released_at, o.status, r.discount_minor, o.discount_minor as order_discount_minor
    from coupon_redemption r join sales_order o on o.id = r.order_id`,
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
      description: 'What a coupon took off an order does not exceed its discount.',
      on: redemptions,
      that: 'discount_minor <= order_discount_minor',
      show: ['coupon_id', 'discount_minor', 'order_discount_minor'],
      fix: 'The order is on the books: correct the redemption, as superuser.',
    }),
  ];
}
