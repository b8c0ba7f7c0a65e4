import { SqlMigration } from './sql-migration.ts';

const signature = (table: string, purpose: string) => `trigger ${table}_${purpose} on ${table}`;

/** Uses of limited coupons are counted as they are made: a use costs the same after any number of others. */
export class CouponCounters extends SqlMigration {
  protected override readonly upStatements = [
    `create table coupon_counter (
  coupon_id  uuid      not null,
  shard      smallint  not null,
  uses       integer   not null,
  capacity   integer   not null,
  constraint coupon_counter_pkey primary key (coupon_id, shard),
  constraint coupon_counter_coupon_id_foreign foreign key (coupon_id) references coupon (id),
  constraint coupon_counter_shard_check check (shard >= 0),
  -- No coupon is used more often than its limit allows: capacity is a share of it.
  constraint coupon_counter_uses_check check (uses >= 0 and uses <= capacity)
) with (fillfactor = 50)`,
    `comment on table coupon_counter is
  'The uses of a coupon with a usage_limit, in up to 16 rows, so that checkouts do not wait for each other.'`,

    `alter table coupon_redemption add column shard smallint`,
    `comment on column coupon_redemption.shard is
  'The row of coupon_counter that counts it. Null: made without a limit; shard 0 counts it if there is one now.'`,

    `create table coupon_customer_lock (
  bucket  smallint  not null,
  uses    bigint    not null default 0,
  constraint coupon_customer_lock_pkey primary key (bucket)
) with (fillfactor = 50)`,
    `comment on table coupon_customer_lock is
  'Uses of one coupon by one customer wait for each other here: by the hash of both, so that no e-mail address is kept.'`,
    `insert into coupon_customer_lock (bucket) select generate_series(0, 1023)`,

    // The lock of the coupon lets its uses pass, and a change of its limit wait. Whoever finds every counter in use waits
    // in their order.
    `create function count_coupon_use() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  most integer;
  candidate smallint;
begin
  new.shard := null;
  select usage_limit into most from coupon where id = new.coupon_id for key share;
  if most is null then
    return new;
  end if;
  update coupon_counter set uses = uses + 1
    where coupon_id = new.coupon_id and shard = (
      select shard from coupon_counter where coupon_id = new.coupon_id and uses < capacity
      order by random() limit 1 for no key update skip locked)
    returning shard into new.shard;
  if new.shard is null then
    for candidate in select shard from coupon_counter where coupon_id = new.coupon_id order by shard loop
      update coupon_counter set uses = uses + 1
        where coupon_id = new.coupon_id and shard = candidate and uses < capacity
        returning shard into new.shard;
      exit when found;
    end loop;
  end if;
  if new.shard is null then
    raise exception 'The coupon % is used up', new.coupon_id
      using errcode = 'check_violation', table = 'coupon_redemption',
            constraint = 'coupon_redemption_usage_limit';
  end if;
  return new;
end $$`,
    `create trigger coupon_redemption_count before insert on coupon_redemption
  for each row execute function count_coupon_use()`,

    // A guest is the customer with the same e-mail address, and the other way round. The update makes the uses of one
    // customer wait for each other, and fail with a serialization failure where a snapshot would hide one that was
    // waited for. Counts the orders of the customer, not the uses of the coupon.
    `create function check_coupon_customer_limit() returns trigger
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
  for locked in
    select distinct (hashtextextended(new.coupon_id::text || name, 0) & 1023)::smallint
    from unnest(buyer.emails || buyer.customer_id::text) as name where name is not null order by 1
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
end $$`,
    `drop ${signature('coupon_redemption', 'limits')}`,
    `drop function check_coupon_limits()`,
    `create trigger coupon_redemption_customer_limit after insert on coupon_redemption
  for each row execute function check_coupon_customer_limit()`,

    // Waits for the uses and releases that are under way, and counts once. A snapshot of before would hide some of them.
    `create function spread_coupon_limit() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  used integer;
  shards integer;
begin
  if tg_op = 'UPDATE' then
    if current_setting('transaction_isolation') <> 'read committed' then
      raise exception 'The usage_limit of a coupon is changed in a transaction that is read committed'
        using errcode = 'feature_not_supported', table = 'coupon', column = 'usage_limit';
    end if;
    perform from coupon where id = new.id for update;
  end if;
  if new.usage_limit is null then
    delete from coupon_counter where coupon_id = new.id;
    return null;
  end if;
  select count(*) filter (where released_at is null),
      greatest(least(new.usage_limit, 16), 1, max(shard) + 1,
        (select max(shard) + 1 from coupon_counter where coupon_id = new.id))
    into used, shards
    from coupon_redemption where coupon_id = new.id;
  if used > new.usage_limit then
    raise exception 'The coupon % was used % times: its limit cannot be %', new.code, used, new.usage_limit
      using errcode = 'check_violation', table = 'coupon', constraint = 'coupon_usage_limit_used',
            hint = format('Set its usage_limit to %s: then it is not used again until an order is cancelled.', used);
  end if;
  insert into coupon_counter (coupon_id, shard, uses, capacity)
    select new.id, n, coalesce(r.uses, 0),
        coalesce(r.uses, 0) + (new.usage_limit - used) / shards
          + case when n < (new.usage_limit - used) % shards then 1 else 0 end
      from generate_series(0, shards - 1) as n
      left join (select coalesce(shard, 0) as shard, count(*) as uses from coupon_redemption
        where coupon_id = new.id and released_at is null group by 1) as r on r.shard = n
    on conflict (coupon_id, shard) do update set uses = excluded.uses, capacity = excluded.capacity;
  return null;
end $$`,
    `create trigger coupon_spread_limit after insert or update of usage_limit on coupon
  for each row execute function spread_coupon_limit()`,
    // Counts the uses that there are.
    `-- dms-lint ignore lock-held: the lock of the trigger keeps uses out until they are counted; made before the first release
update coupon set usage_limit = usage_limit where usage_limit is not null`,

    // All orders of a statement at once, so that the counters are locked in one order. Runs with the rights of the owner:
    // the application may not release.
    `create function release_coupons() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from changed where status = 'cancelled') then
    return null;
  end if;
  perform from coupon where id in (
      select r.coupon_id from changed o join coupon_redemption r on r.order_id = o.id
      where o.status = 'cancelled' and r.released_at is null)
    order by id for key share;
  with released as (
      update coupon_redemption r set released_at = now() from changed o
      where r.order_id = o.id and o.status = 'cancelled' and r.released_at is null
      returning r.coupon_id, coalesce(r.shard, 0) as shard),
    sums as (select coupon_id, shard, count(*) as uses from released group by coupon_id, shard),
    locked as (
      select k.coupon_id, k.shard, sums.uses from coupon_counter k
      join sums on sums.coupon_id = k.coupon_id and sums.shard = k.shard
      order by k.coupon_id, k.shard for no key update of k)
    update coupon_counter k set uses = k.uses - locked.uses from locked
    where k.coupon_id = locked.coupon_id and k.shard = locked.shard;
  return null;
end $$`,
    `drop ${signature('sales_order', 'release_coupon')}`,
    `drop function release_coupon()`,
    `create trigger sales_order_release_coupons after update on sales_order
  referencing new table as changed for each statement execute function release_coupons()`,

    // Default privileges grant more: only the triggers count.
    `revoke all on coupon_counter, coupon_customer_lock from shop_app`,
    `grant select on coupon_counter, coupon_customer_lock to shop_app`,
  ];

  protected override readonly downStatements = [
    `drop ${signature('sales_order', 'release_coupons')}`,
    `drop ${signature('coupon', 'spread_limit')}`,
    `drop ${signature('coupon_redemption', 'customer_limit')}`,
    `drop ${signature('coupon_redemption', 'count')}`,
    `drop function release_coupons(), spread_coupon_limit(), check_coupon_customer_limit(), count_coupon_use()`,
    `alter table coupon_redemption drop column shard`,
    `drop table coupon_customer_lock, coupon_counter`,
    `create function check_coupon_limits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  limits record;
  buyer record;
begin
  select usage_limit, customer_usage_limit into limits from coupon where id = new.coupon_id;
  if num_nonnulls(limits.usage_limit, limits.customer_usage_limit) = 0 then
    return null;
  end if;
  select usage_limit, customer_usage_limit into limits from coupon where id = new.coupon_id for no key update;
  if (select count(*) from coupon_redemption where coupon_id = new.coupon_id and released_at is null)
     > limits.usage_limit then
    raise exception 'The coupon % is used up', new.coupon_id
      using errcode = 'check_violation', table = 'coupon_redemption',
            constraint = 'coupon_redemption_usage_limit';
  end if;
  if limits.customer_usage_limit is not null then
    select account.id as customer_id, array[lower(o.email), lower(account.email)] as emails into buyer
      from sales_order o left join customer account
        on account.id = o.customer_id or (o.customer_id is null and lower(account.email) = lower(o.email))
      where o.id = new.order_id;
    if (select count(*)
        from sales_order o join coupon_redemption r on r.order_id = o.id
        where (o.customer_id = buyer.customer_id or (o.customer_id is null and lower(o.email) = any (buyer.emails)))
          and r.coupon_id = new.coupon_id and r.released_at is null) > limits.customer_usage_limit then
      raise exception 'The customer has used the coupon % up', new.coupon_id
        using errcode = 'check_violation', table = 'coupon_redemption',
              constraint = 'coupon_redemption_customer_usage_limit';
    end if;
  end if;
  return null;
end $$`,
    `create trigger coupon_redemption_limits after insert on coupon_redemption
  for each row execute function check_coupon_limits()`,
    `create function release_coupon() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.status = 'cancelled' then
    update coupon_redemption set released_at = now() where order_id = new.id and released_at is null;
  end if;
  return null;
end $$`,
    `create trigger sales_order_release_coupon after update of status on sales_order
  for each row execute function release_coupon()`,
  ];
}
