import { SqlMigration } from './sql-migration.ts';

const definer = `language plpgsql security definer set search_path = pg_catalog, public, pg_temp`;

const currencyTrigger = (
  events: string,
) => `create or replace trigger sales_order_currency before ${events} on sales_order
  for each row execute function check_currency()`;

const keepStatusIndex = (
  assignTimes: string,
) => `create or replace function keep_status_index() returns trigger
${definer} as $$
declare
  old_at timestamptz;
  new_at timestamptz;
begin
${assignTimes}
  if old_at is not null and (tg_nargs = 0 or old.status = any (tg_argv)) then
    delete from status_index where machine = tg_table_name and status = old.status and at = old_at and id = old.id;
  end if;
  if new_at is not null and (tg_nargs = 0 or new.status = any (tg_argv)) then
    insert into status_index (machine, status, at, id) values (tg_table_name, new.status, new_at, new.id);
  end if;
  return null;
end $$`;

const timesOf = {
  anyTable: `  -- A statement that names a column is planned where it is reached.
  if tg_table_name = 'sales_order' then
    if tg_op <> 'INSERT' then old_at := old.placed_at; end if;
    if tg_op <> 'DELETE' then new_at := new.placed_at; end if;
  elsif tg_table_name = 'payment_transaction' then
    if tg_op <> 'INSERT' then old_at := old.created_at; end if;
    if tg_op <> 'DELETE' then new_at := new.created_at; end if;
  elsif tg_table_name = 'cart' then
    if tg_op <> 'INSERT' then old_at := old.expires_at; end if;
    if tg_op <> 'DELETE' then new_at := new.expires_at; end if;
  end if;`,
  transaction: `  if tg_op <> 'INSERT' then old_at := old.created_at; end if;
  if tg_op <> 'DELETE' then new_at := new.created_at; end if;`,
};

/** One trigger keeps all that follows from the status of an order, and one what follows from that of a cart. */
export class FewerTriggers extends SqlMigration {
  protected override readonly upStatements = [
    // One statement for a new order: its currency is looked up on the way.
    `create function record_order_status() returns trigger
${definer} as $$
declare
  actor text := coalesce(nullif(current_setting('shop.actor', true), ''), session_user);
begin
  if tg_op = 'INSERT' then
    with history as (
      insert into order_status_history (order_id, from_status, to_status, changed_by)
      values (new.id, 'new', new.status, actor))
    insert into status_index (machine, status, at, id)
      select 'sales_order', new.status, new.placed_at, new.id from currency where code = new.currency_code;
    if not found then
      raise exception 'There is no currency %', new.currency_code
        using errcode = 'foreign_key_violation', table = 'sales_order', column = 'currency_code',
              constraint = 'sales_order_currency';
    end if;
    return null;
  end if;
  delete from status_index where machine = 'sales_order' and status = old.status and at = old.placed_at and id = old.id;
  if tg_op = 'UPDATE' then
    insert into status_index (machine, status, at, id) values ('sales_order', new.status, new.placed_at, new.id);
    if old.status <> new.status then
      insert into order_status_history (order_id, from_status, to_status, changed_by)
      values (new.id, old.status, new.status, actor);
    end if;
  end if;
  return null;
end $$`,
    `create trigger sales_order_status_recorded after insert or delete or update of status, placed_at on sales_order
  for each row execute function record_order_status()`,
    currencyTrigger('update of currency_code'),
    `drop trigger sales_order_status_history on sales_order`,
    `drop trigger sales_order_status_index on sales_order`,
    `drop function write_order_status_history()`,

    `create function index_open_cart() returns trigger
${definer} as $$
begin
  if tg_op <> 'INSERT' and old.status = 'open' then
    delete from status_index where machine = 'cart' and status = 'open' and at = old.expires_at and id = old.id;
    if old.customer_id is not null then
      delete from customer_open_cart where customer_id = old.customer_id and cart_id = old.id;
    end if;
  end if;
  if tg_op <> 'DELETE' and new.status = 'open' then
    insert into status_index (machine, status, at, id) values ('cart', 'open', new.expires_at, new.id);
    if new.customer_id is not null then
      insert into customer_open_cart (customer_id, cart_id) values (new.customer_id, new.id);
    end if;
  end if;
  return null;
end $$`,
    `create trigger cart_open_index after insert or delete on cart
  for each row execute function index_open_cart()`,
    // Activity sets the day on which a cart expires, which mostly is the same one.
    `create trigger cart_open_reindex after update of status, customer_id, expires_at on cart
  for each row when (row(new.status, new.customer_id, new.expires_at)
  is distinct from row(old.status, old.customer_id, old.expires_at)) execute function index_open_cart()`,
    `drop trigger cart_status_index on cart`,
    `drop trigger cart_customer_open_cart on cart`,
    `drop function keep_customer_open_cart()`,

    keepStatusIndex(timesOf.transaction),
  ];

  protected override readonly downStatements = [
    keepStatusIndex(timesOf.anyTable),
    `create function keep_customer_open_cart() returns trigger
${definer} as $$
begin
  if tg_op <> 'INSERT' and old.customer_id is not null and old.status = 'open' then
    delete from customer_open_cart where customer_id = old.customer_id and cart_id = old.id;
  end if;
  if tg_op <> 'DELETE' and new.customer_id is not null and new.status = 'open' then
    insert into customer_open_cart (customer_id, cart_id) values (new.customer_id, new.id);
  end if;
  return null;
end $$`,
    `create trigger cart_customer_open_cart after insert or delete or update of status, customer_id on cart
  for each row execute function keep_customer_open_cart()`,
    `create trigger cart_status_index after insert or delete or update of status, expires_at on cart
  for each row execute function keep_status_index('open')`,
    `drop trigger cart_open_index on cart`,
    `drop trigger cart_open_reindex on cart`,
    `drop function index_open_cart()`,

    `create function write_order_status_history() returns trigger
${definer} as $$
declare
  old_status text := case tg_op when 'INSERT' then 'new' else old.status end;
begin
  if old_status <> new.status then
    insert into order_status_history (order_id, from_status, to_status, changed_by)
    values (new.id, old_status, new.status,
            coalesce(nullif(current_setting('shop.actor', true), ''), session_user));
  end if;
  return null;
end $$`,
    `create trigger sales_order_status_history after insert or update of status on sales_order
  for each row execute function write_order_status_history()`,
    `create trigger sales_order_status_index after insert or delete or update of status, placed_at on sales_order
  for each row execute function keep_status_index()`,
    currencyTrigger('insert or update of currency_code'),
    `drop trigger sales_order_status_recorded on sales_order`,
    `drop function record_order_status()`,
  ];
}
