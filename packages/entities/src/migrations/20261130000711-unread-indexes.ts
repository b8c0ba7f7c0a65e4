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

/** Carts and orders name their currency without a foreign key. */
const currencies = ['cart', 'sales_order'];

/** A guest's row is not looked up by its customer. */
const byCustomer = [
  { table: 'sales_order', columns: 'customer_id, placed_at, id' },
  { table: 'cart', columns: 'customer_id' },
];

/** Without the indexes of a status, and those that nothing reads: a change of status is a HOT update. */
export class UnreadIndexes extends SqlMigration {
  protected override readonly upStatements = [
    `drop index concurrently sales_order_status_index`,
    `drop index concurrently payment_transaction_pending_index`,
    `drop index concurrently cart_open_expires_at_index`,
    `drop index concurrently cart_open_customer_unique`,
    `drop index concurrently stock_reservation_held_expires_at_index`,

    // Each is built before the one that it replaces goes. A release is a HOT update without released_at, which nothing
    // looks up.
    `create index concurrently coupon_redemption_coupon_id_new on coupon_redemption (coupon_id)`,
    `drop index concurrently coupon_redemption_coupon_id_index`,
    `alter index coupon_redemption_coupon_id_new rename to coupon_redemption_coupon_id_index`,
    ...byCustomer.flatMap(({ table, columns }) => [
      `create index concurrently ${table}_customer_id_new on ${table} (${columns}) where customer_id is not null`,
      `drop index concurrently ${table}_customer_id_index`,
      `alter index ${table}_customer_id_new rename to ${table}_customer_id_index`,
    ]),
    ...unindexed.flatMap(({ table, column, index, reason }) => [
      `drop index concurrently ${index}`,
      `comment on constraint ${table}_${column}_foreign on ${table} is 'No index: ${reason}.'`,
    ]),
    ...unread.map(({ index }) => `drop index concurrently ${index}`),
    ...currencies.map((table) => `drop index concurrently ${table}_currency_code_index`),
  ];

  protected override readonly downStatements = [
    ...currencies.map((table) => `create index ${table}_currency_code_index on ${table} (currency_code)`),
    ...unread.map(({ index, on }) => `create index ${index} on ${on}`),
    ...unindexed.flatMap(({ table, column, index, on }) => [
      `comment on constraint ${table}_${column}_foreign on ${table} is null`,
      `create index ${index} on ${table} ${on}`,
    ]),
    `drop index coupon_redemption_coupon_id_index, sales_order_customer_id_index, cart_customer_id_index`,
    `create index coupon_redemption_coupon_id_index on coupon_redemption (coupon_id, released_at)`,
    `create index sales_order_customer_id_index on sales_order (customer_id, placed_at, id)`,
    `create index cart_customer_id_index on cart (customer_id)`,
    `create index stock_reservation_held_expires_at_index on stock_reservation (expires_at) where status = 'held'`,
    `create unique index cart_open_customer_unique on cart (customer_id) where status = 'open'`,
    `create index cart_open_expires_at_index on cart (expires_at) where status = 'open'`,
    `create index payment_transaction_pending_index on payment_transaction (created_at) where status = 'pending'`,
    `create index sales_order_status_index on sales_order (status, placed_at, id)`,
  ];
}
