import { SqlMigration } from './sql-migration.ts';

const tables = ['product', 'product_variant', 'customer', 'cart', 'sales_order'];

/** Products, variants, customers, carts and orders have metadata, for purposes of the shop's own. */
export class Metadata extends SqlMigration {
  protected override readonly upStatements = [
    ...tables.flatMap((table) => [
      `alter table ${table} add metadata jsonb, add constraint ${table}_metadata_check check (
  jsonb_typeof(metadata) = 'object' and metadata <> '{}' and pg_column_size(metadata) <= 131072) not valid`,
      `alter table ${table} validate constraint ${table}_metadata_check`,
      `comment on column ${table}.metadata is 'For purposes of the shop’s own; null: nothing.'`,
    ]),
    // It is personal.
    `alter table customer drop constraint customer_erased_check,
  add constraint customer_erased_check check (
  case when erased_at is null then email is not null
       else num_nonnulls(email, first_name, last_name, phone, metadata) = 0 and not accepts_marketing end) not valid`,
    `alter table customer validate constraint customer_erased_check`,
    `alter table sales_order add constraint sales_order_erased_check check (email is not null or metadata is null) not valid`,
    `alter table sales_order validate constraint sales_order_erased_check`,
    `grant insert (metadata), update (metadata) on sales_order to shop_app`,
    `grant update (metadata) on cart to shop_app`,
  ];

  protected override readonly downStatements = [
    `alter table customer drop constraint customer_erased_check,
  add constraint customer_erased_check check (
  case when erased_at is null then email is not null
       else num_nonnulls(email, first_name, last_name, phone) = 0 and not accepts_marketing end)`,
    ...tables.map((table) => `alter table ${table} drop column metadata`),
  ];
}
