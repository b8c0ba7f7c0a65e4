import { SqlMigration } from './sql-migration.ts';

/** Foreign keys whose index nothing reads, with why its rows are not looked up from the other side. */
const unindexed: { table: string; column: string; index: string; on: string; reason: string }[] = [
  {
    table: 'order_line',
    column: 'variant_id',
    index: 'order_line_variant_id_index',
    on: '(variant_id)',
    reason: 'variants are deleted softly',
  },
  {
    table: 'cart_line',
    column: 'variant_id',
    index: 'cart_line_variant_id_index',
    on: '(variant_id)',
    reason: 'variants are deleted softly',
  },
  {
    table: 'order_adjustment',
    column: 'order_line_id',
    index: 'order_adjustment_order_line_id_index',
    on: '(order_line_id)',
    reason: 'lines of orders are not deleted; adjustments are read by their order',
  },
  {
    table: 'stock_reservation',
    column: 'variant_id_location_id',
    index: 'stock_reservation_variant_id_location_id_index',
    on: '(variant_id, location_id)',
    reason: 'stock levels are not deleted; holds are read by their line',
  },
  {
    table: 'stock_reservation',
    column: 'shipment_id',
    index: 'stock_reservation_shipment_id_index',
    on: '(shipment_id)',
    reason: 'shipments are not deleted; with it no hold that is shipped would be a HOT update',
  },
  {
    table: 'cart',
    column: 'merged_into_id',
    index: 'cart_merged_into_id_index',
    on: '(merged_into_id)',
    reason: 'a merge would not be a HOT update',
  },
  {
    table: 'cart',
    column: 'price_list_code',
    index: 'cart_price_list_code_index',
    on: '(price_list_code) where price_list_code is not null',
    reason: 'price lists end, and are not deleted',
  },
  {
    table: 'cart_coupon',
    column: 'coupon_id',
    index: 'cart_coupon_coupon_id_index',
    on: '(coupon_id)',
    reason: 'coupons are not deleted',
  },
  {
    table: 'shipment',
    column: 'location_id',
    index: 'shipment_location_id_index',
    on: '(location_id)',
    reason: 'locations are not deleted',
  },
  {
    table: 'price',
    column: 'currency_code',
    index: 'price_currency_code_index',
    on: '(currency_code)',
    reason: 'currencies are not deleted',
  },
  {
    table: 'promotion',
    column: 'currency_code',
    index: 'promotion_currency_code_index',
    on: '(currency_code)',
    reason: 'currencies are not deleted',
  },
];

/** Indexes that no statement reads. */
const unread = [
  { index: 'product_tags_index', on: 'product using gin (tags)' },
  { index: 'product_variant_option_values_index', on: 'product_variant using gin (option_values)' },
  { index: 'customer_listing_index', on: 'customer (created_at, id)' },
];

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
    ...listed.map(
      ({ table, at, statuses }) => `insert into status_index (machine, status, at, id)
  select '${table}', status, ${at}, id from ${table}${statuses === undefined ? '' : ` where status in (${statuses.map((status) => `'${status}'`).join(', ')})`}`,
    ),

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
    `insert into customer_open_cart (customer_id, cart_id)
  select customer_id, id from cart where status = 'open' and customer_id is not null`,

    `drop index sales_order_status_index, payment_transaction_pending_index, cart_open_expires_at_index,
  cart_open_customer_unique, stock_reservation_held_expires_at_index`,

    // A guest's row is not looked up by its customer.
    ...[
      { table: 'sales_order', columns: 'customer_id, placed_at, id' },
      { table: 'cart', columns: 'customer_id' },
    ].flatMap(({ table, columns }) => [
      `drop index ${table}_customer_id_index`,
      `create index ${table}_customer_id_index on ${table} (${columns}) where customer_id is not null`,
    ]),
    ...unindexed.flatMap(({ table, column, index, reason }) => [
      `drop index ${index}`,
      `comment on constraint ${table}_${column}_foreign on ${table} is 'No index: ${reason}.'`,
    ]),

    ...unread.map(({ index }) => `drop index ${index}`),

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
      `drop index ${table}_currency_code_index`,
    ]),

    `alter table shipment set (fillfactor = 70)`,

    // Default privileges grant more: only the triggers write.
    `revoke all on status_index, customer_open_cart from shop_app`,
    `grant select on status_index, customer_open_cart to shop_app`,
  ];

  protected override readonly downStatements = [
    ...currencies.flatMap((table) => [
      `create index ${table}_currency_code_index on ${table} (currency_code)`,
      `alter table ${table} add constraint ${table}_currency_code_foreign foreign key (currency_code)
  references currency (code)`,
      `drop trigger ${table}_currency on ${table}`,
    ]),
    `drop trigger currency_append_only on currency`,
    `alter table shipment reset (fillfactor)`,
    `drop function check_currency()`,
    ...unindexed.flatMap(({ table, column, index, on }) => [
      `comment on constraint ${table}_${column}_foreign on ${table} is null`,
      `create index ${index} on ${table} ${on}`,
    ]),
    ...unread.map(({ index, on }) => `create index ${index} on ${on}`),
    `drop index sales_order_customer_id_index, cart_customer_id_index`,
    `create index sales_order_customer_id_index on sales_order (customer_id, placed_at, id)`,
    `create index cart_customer_id_index on cart (customer_id)`,
    `create index stock_reservation_held_expires_at_index on stock_reservation (expires_at) where status = 'held'`,
    `create unique index cart_open_customer_unique on cart (customer_id) where status = 'open'`,
    `create index cart_open_expires_at_index on cart (expires_at) where status = 'open'`,
    `create index payment_transaction_pending_index on payment_transaction (created_at) where status = 'pending'`,
    `create index sales_order_status_index on sales_order (status, placed_at, id)`,
    `drop trigger cart_customer_open_cart on cart`,
    `drop function keep_customer_open_cart()`,
    ...listed.map(({ table }) => `drop trigger ${table}_status_index on ${table}`),
    `drop function keep_status_index()`,
    `drop table customer_open_cart, status_index`,
  ];
}
