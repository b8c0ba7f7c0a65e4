import { SqlMigration } from './sql-migration.ts';

/** Promotions, the coupons that grant them, and their uses. The database counts: no session can exceed a limit. */
export class Promotions extends SqlMigration {
  protected override readonly upStatements = [
    `create table promotion (
  id                      uuid        not null default uuidv7(),
  name                    text        not null,
  rate_ppm                integer,
  amount_minor            bigint,
  currency_code           text,
  minimum_subtotal_minor  bigint      not null default 0,
  valid                   tstzrange   not null default tstzrange(now(), null),
  created_at              timestamptz not null default now(),
  constraint promotion_pkey primary key (id),
  constraint promotion_currency_code_foreign foreign key (currency_code) references currency (code),
  constraint promotion_discount_check check (
    num_nonnulls(rate_ppm, amount_minor) = 1 and rate_ppm >= 1 and rate_ppm <= 1000000 and amount_minor >= 1),
  constraint promotion_currency_check check (
    currency_code is not null or (amount_minor is null and minimum_subtotal_minor = 0)),
  constraint promotion_minimum_subtotal_minor_check check (minimum_subtotal_minor >= 0),
  constraint promotion_valid_check check (not isempty(valid) and not lower_inf(valid))
)`,
    `comment on table promotion is
  'A discount of an order: rate_ppm millionths of the subtotal, or amount_minor. Any currency where it has none.'`,
    `create index promotion_currency_code_index on promotion (currency_code)`,

    `create table coupon (
  id                    uuid        not null default uuidv7(),
  promotion_id          uuid        not null,
  code                  text        not null,
  usage_limit           integer,
  customer_usage_limit  integer,
  created_at            timestamptz not null default now(),
  constraint coupon_pkey primary key (id),
  constraint coupon_promotion_id_foreign foreign key (promotion_id) references promotion (id),
  constraint coupon_code_unique unique (code),
  constraint coupon_code_check check (code ~ '^[A-Z0-9-]{3,40}$'),
  constraint coupon_limits_check check (usage_limit >= 0 and customer_usage_limit >= 1)
)`,
    `comment on table coupon is 'A code that grants a promotion. A limit that is null does not limit.'`,
    `create index coupon_promotion_id_index on coupon (promotion_id)`,

    `create table cart_coupon (
  cart_id     uuid        not null,
  coupon_id   uuid        not null,
  created_at  timestamptz not null default now(),
  constraint cart_coupon_pkey primary key (cart_id),
  constraint cart_coupon_cart_id_foreign foreign key (cart_id) references cart (id) on delete cascade,
  constraint cart_coupon_coupon_id_foreign foreign key (coupon_id) references coupon (id)
)`,
    `create index cart_coupon_coupon_id_index on cart_coupon (coupon_id)`,

    `create table coupon_redemption (
  order_id        uuid        not null,
  coupon_id       uuid        not null,
  discount_minor  bigint      not null,
  created_at      timestamptz not null default now(),
  released_at     timestamptz,
  constraint coupon_redemption_pkey primary key (order_id),
  constraint coupon_redemption_order_id_foreign foreign key (order_id) references sales_order (id),
  constraint coupon_redemption_coupon_id_foreign foreign key (coupon_id) references coupon (id),
  constraint coupon_redemption_discount_minor_check check (discount_minor >= 0)
)`,
    `comment on table coupon_redemption is 'A use of a coupon by an order. Released: the order was cancelled.'`,
    // Uses are counted in the index alone.
    `create index coupon_redemption_coupon_id_index on coupon_redemption (coupon_id, released_at)`,

    // The lock makes the uses of a limited coupon wait for each other; the next statement counts with a snapshot of
    // its own, so that it sees the uses that were waited for. The lock is the last that a checkout takes. A guest is
    // the customer with the same e-mail address, and the other way round.
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

    // Runs with the rights of the owner: the application may not release. It locks no coupon, so it cannot deadlock.
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

    // Default privileges grant more. Uses are never changed.
    `revoke all on promotion, coupon, coupon_redemption from shop_app`,
    `grant select, insert, update on promotion, coupon to shop_app`,
    `grant select, insert (order_id, coupon_id, discount_minor) on coupon_redemption to shop_app`,
  ];

  protected override readonly downStatements = [
    `drop trigger sales_order_release_coupon on sales_order`,
    `drop table coupon_redemption, cart_coupon, coupon, promotion`,
    `drop function check_coupon_limits(), release_coupon()`,
  ];
}
