import { SqlMigration } from './sql-migration.ts';

const checkCustomerLimit = (
  namesOfUse: string,
) => `create or replace function check_coupon_customer_limit() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  most integer;
  buyer record;
  locked smallint;
begin
  select customer_usage_limit into most from coupon where id = new.coupon_id;
  if most is null then
    return null;
  end if;
  select account.id as customer_id, array[lower(o.email), lower(account.email)] as emails into buyer
    from sales_order o left join customer account
      on account.id = o.customer_id or (o.customer_id is null and lower(account.email) = lower(o.email))
    where o.id = new.order_id;
  for locked in${namesOfUse}
  loop
    update coupon_customer_lock set uses = uses + 1 where bucket = locked;
  end loop;
  if (with mine as (
        select id from sales_order where customer_id = buyer.customer_id
        union all
        select id from sales_order where customer_id is null and lower(email) = any (buyer.emails))
      -- By the order alone: the index of the coupon has all its uses.
      select sum((select count(*) filter (where r.coupon_id = new.coupon_id and r.released_at is null)
        from coupon_redemption r where r.order_id = mine.id)) from mine)
     > most then
    raise exception 'The customer has used the coupon % up', new.coupon_id
      using errcode = 'check_violation', table = 'coupon_redemption',
            constraint = 'coupon_redemption_customer_usage_limit';
  end if;
  return null;
end $$`;

const ofCoupon = `
    select distinct (hashtextextended(new.coupon_id::text || name, 0) & 1023)::smallint
    from unnest(buyer.emails || buyer.customer_id::text) as name where name is not null order by 1`;

// The triggers of rows run when all rows of the statement are written: the first one locks for all.
const ofOrder = `
    select distinct (hashtextextended(coupon.id::text || name, 0) & 1023)::smallint
    from coupon_redemption use join coupon on coupon.id = use.coupon_id and coupon.customer_usage_limit is not null
      cross join unnest(buyer.emails || buyer.customer_id::text) as name
    where use.order_id = new.order_id and name is not null order by 1`;

/** The locks of all coupons of an order are taken in one order: two customers with two coupons each would deadlock. */
export class CouponLockOrder extends SqlMigration {
  protected override readonly upStatements = [checkCustomerLimit(ofOrder)];

  protected override readonly downStatements = [checkCustomerLimit(ofCoupon)];
}
