import { SqlMigration } from './sql-migration.ts';

/** The column by which the rows of a status are listed. */
const listed = [
  { table: 'sales_order', at: 'placed_at', statuses: undefined },
  { table: 'payment_transaction', at: 'created_at', statuses: ['pending'] },
  { table: 'cart', at: 'expires_at', statuses: ['open'] },
];

/** Carts and orders name their currency without a lock of its row, which all checkouts would share. */
const currencies = ['cart', 'sales_order'];

/** Changes of status are HOT updates: no index has a status, in a key or in a condition. */
export class HotUpdates extends SqlMigration {
  /** The locks of the triggers must not be held while the rows that exist are copied. */
  override isTransactional(): boolean {
    return false;
  }

  protected override readonly upStatements = [
    `create table status_index (
  machine  text         not null,
  status   text         not null,
  at       timestamptz  not null,
  id       uuid         not null,
  constraint status_index_pkey primary key (machine, status, at, id)
)`,
    `comment on table status_index is
  'Orders by status, pending payment transactions and open carts, by time. Kept by triggers: an index of the table itself would make each change of status write all of its indexes.'`,
    `create function keep_status_index() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  old_at timestamptz;
  new_at timestamptz;
begin
  -- A statement that names a column is planned where it is reached.
${listed
  .map(
    ({ table, at }, n) => `  ${n === 0 ? 'if' : 'elsif'} tg_table_name = '${table}' then
    if tg_op <> 'INSERT' then old_at := old.${at}; end if;
    if tg_op <> 'DELETE' then new_at := new.${at}; end if;`,
  )
  .join('\n')}
  end if;
  if old_at is not null and (tg_nargs = 0 or old.status = any (tg_argv)) then
    delete from status_index where machine = tg_table_name and status = old.status and at = old_at and id = old.id;
  end if;
  if new_at is not null and (tg_nargs = 0 or new.status = any (tg_argv)) then
    insert into status_index (machine, status, at, id) values (tg_table_name, new.status, new_at, new.id);
  end if;
  return null;
end $$`,
    ...listed.map(
      ({ table, at, statuses = [] }) =>
        `create trigger ${table}_status_index after insert or delete or update of status, ${at} on ${table}
  for each row execute function keep_status_index(${statuses.map((status) => `'${status}'`).join(', ')})`,
    ),
    ...listed.flatMap(({ table, at, statuses }) => [
      `insert into status_index (machine, status, at, id)
  select '${table}', status, ${at}, id from ${table}${statuses === undefined ? '' : ` where status in (${statuses.map((status) => `'${status}'`).join(', ')})`}
  on conflict do nothing`,
      // Those that have left a status while they were copied in it; none comes back to one.
      `delete from status_index i where machine = '${table}'
  and not exists (select from ${table} t where t.id = i.id and t.status = i.status and t.${at} = i.at)`,
    ]),

    `create table customer_open_cart (
  customer_id  uuid  not null,
  cart_id      uuid  not null,
  constraint customer_open_cart_pkey primary key (customer_id)
)`,
    `comment on table customer_open_cart is 'The open cart of a customer, of which there is one at most. Kept by a trigger.'`,
    `create function keep_customer_open_cart() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
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
    // Few, and locked meanwhile: a cart that is closed has its row here, or is not copied.
    `insert into customer_open_cart (customer_id, cart_id)
  select customer_id, id from cart where status = 'open' and customer_id is not null for share
  on conflict do nothing`,

    // A code that stays can be checked without a lock of its row.
    `create trigger currency_append_only before update of code or delete or truncate on currency
  execute function refuse_change()`,
    `create function check_currency() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from currency where code = new.currency_code) then
    raise exception 'There is no currency %', new.currency_code
      using errcode = 'foreign_key_violation', table = tg_table_name, column = 'currency_code',
            constraint = tg_table_name || '_currency';
  end if;
  return new;
end $$`,
    ...currencies.flatMap((table) => [
      `create trigger ${table}_currency before insert or update of currency_code on ${table}
  for each row execute function check_currency()`,
      `alter table ${table} drop constraint ${table}_currency_code_foreign`,
    ]),

    `alter table shipment set (fillfactor = 70)`,

    // Default privileges grant more: only the triggers write.
    `revoke all on status_index, customer_open_cart from shop_app`,
    `grant select on status_index, customer_open_cart to shop_app`,
  ];

  protected override readonly downStatements = [
    ...currencies.flatMap((table) => [
      `alter table ${table} add constraint ${table}_currency_code_foreign foreign key (currency_code)
  references currency (code)`,
      `drop trigger ${table}_currency on ${table}`,
    ]),
    `drop trigger currency_append_only on currency`,
    `alter table shipment reset (fillfactor)`,
    `drop function check_currency()`,
    `drop trigger cart_customer_open_cart on cart`,
    `drop function keep_customer_open_cart()`,
    ...listed.map(({ table }) => `drop trigger ${table}_status_index on ${table}`),
    `drop function keep_status_index()`,
    `drop table customer_open_cart, status_index`,
  ];
}
