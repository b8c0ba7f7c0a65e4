import { SqlMigration } from './sql-migration.ts';

/** The rights of shop_app and shop_readonly, and the first partitions of the audit log. */
export class Grants extends SqlMigration {
  protected override readonly upStatements = [
    `do $$
begin
  if to_regrole('shop_app') is null or to_regrole('shop_readonly') is null then
    raise exception 'The roles shop_app and shop_readonly do not exist'
      using errcode = 'undefined_object', hint = 'Provision the roles before the first migration: provisionRoles().';
  end if;
end $$`,
    `grant usage on schema public to shop_app, shop_readonly`,

    // Reference data: changed by migrations.
    `grant select on currency, status_transition, order_status_history to shop_app`,
    // Ledgers: appended to.
    `grant select, insert on stock_movement, audit_log to shop_app`,
    // Records: never deleted, and their amounts never changed.
    `grant select, insert on sales_order, order_line, order_address, order_adjustment to shop_app`,
    `grant update (status, customer_id, email, updated_at) on sales_order to shop_app`,
    `grant update (shipped_quantity, cancelled_quantity, returned_quantity) on order_line to shop_app`,
    `grant update (full_name, company, line1, line2, city, region, postal_code, phone) on order_address to shop_app`,
    `grant select, insert, update on product, product_variant, customer, stock_location, stock_level,
  stock_reservation, shipment, payment, payment_transaction, price_list to shop_app`,
    // The application may also delete from all other tables.
    `grant select, insert, update, delete on category, product_category, product_media, price, customer_credential,
  customer_address, cart, cart_line, idempotency_key, outbox_event to shop_app`,
    `grant usage, select on all sequences in schema public to shop_app`,

    `grant select on currency, status_transition, category, product, product_category, product_variant,
  product_media, price_list, price, customer, customer_address, cart, cart_line, sales_order, order_line,
  order_address, order_adjustment, order_status_history, stock_location, stock_level, shipment, stock_reservation,
  stock_movement, payment, payment_transaction, idempotency_key, outbox_event, audit_log to shop_readonly`,

    // For later tables of the owner. The migration of a table with secrets, or of a ledger, revokes them.
    `alter default privileges in schema public grant select, insert, update, delete on tables to shop_app`,
    `alter default privileges in schema public grant usage, select on sequences to shop_app`,
    `alter default privileges in schema public grant select on tables to shop_readonly`,

    `-- dms-lint ignore undecided: it makes partitions of a table that has none yet
    select add_audit_log_partitions(now() - interval '1 month', now() + interval '24 months')`,
  ];

  protected override readonly downStatements = [
    `alter default privileges in schema public revoke all on tables from shop_app, shop_readonly`,
    `alter default privileges in schema public revoke all on sequences from shop_app`,
    `revoke all on all tables in schema public from shop_app, shop_readonly`,
    `revoke all on all sequences in schema public from shop_app, shop_readonly`,
    `revoke usage on schema public from shop_app, shop_readonly`,
  ];
}
