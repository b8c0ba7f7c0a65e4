import { SqlMigration } from './sql-migration.ts';

/** Orders are found by e-mail address, a customer's too, and by SKU; the latest first. */
export class OrderSearch extends SqlMigration {
  protected override readonly upStatements = [
    `create index concurrently sales_order_email_index on sales_order (lower(email))`,
    `drop index concurrently sales_order_guest_email_index`,
    `create index concurrently order_line_sku_index on order_line (sku, order_id) where sku is not null`,
  ];

  protected override readonly downStatements = [
    `drop index order_line_sku_index`,
    `create index sales_order_guest_email_index on sales_order (lower(email)) where customer_id is null`,
    `drop index sales_order_email_index`,
  ];
}
