import { SqlMigration } from './sql-migration.ts';

/** The longest texts, lists and documents of every table that the application writes. */
export class TextLengths extends SqlMigration {
  protected override readonly upStatements = [
    `alter table attribute add constraint attribute_length_check check (
  length(code) <= 200 and length(name) <= 200) not valid`,
    `alter table "attribute" validate constraint attribute_length_check`,
    `alter table audit_log add constraint audit_log_length_check check (
  length(actor) <= 200 and length(action) <= 200 and length(entity) <= 200
  and length(entity_id) <= 200 and pg_column_size(detail) <= 1048576) not valid`,
    `alter table audit_log validate constraint audit_log_length_check`,
    `alter table category add constraint category_length_check check (
  length(name) <= 200) not valid`,
    `alter table category validate constraint category_length_check`,
    `alter table customer add constraint customer_length_check check (
  length(first_name) <= 200 and length(last_name) <= 200 and length(phone) <= 200) not valid`,
    `alter table customer validate constraint customer_length_check`,
    `alter table customer_address add constraint customer_address_length_check check (
  length(full_name) <= 200 and length(company) <= 200 and length(line1) <= 200
  and length(line2) <= 200 and length(city) <= 200 and length(region) <= 200
  and length(postal_code) <= 200 and length(phone) <= 200) not valid`,
    `alter table customer_address validate constraint customer_address_length_check`,
    `alter table customer_credential add constraint customer_credential_length_check check (
  length(provider) <= 200 and length(subject) <= 255 and length(secret_hash) <= 200) not valid`,
    `alter table customer_credential validate constraint customer_credential_length_check`,
    `alter table idempotency_key add constraint idempotency_key_length_check check (
  length(scope) <= 200 and length(key) <= 200 and pg_column_size(response) <= 4194304) not valid`,
    `alter table idempotency_key validate constraint idempotency_key_length_check`,
    `alter table order_address add constraint order_address_length_check check (
  length(full_name) <= 200 and length(company) <= 200 and length(line1) <= 200
  and length(line2) <= 200 and length(city) <= 200 and length(region) <= 200
  and length(postal_code) <= 200 and length(phone) <= 200) not valid`,
    `alter table order_address validate constraint order_address_length_check`,
    `alter table order_adjustment add constraint order_adjustment_length_check check (
  length(code) <= 200) not valid`,
    `alter table order_adjustment validate constraint order_adjustment_length_check`,
    `alter table order_line add constraint order_line_length_check check (
  length(sku) <= 255 and length(title) <= 500 and length(variant_title) <= 1000
  and length(price_list_code) <= 200) not valid`,
    `alter table order_line validate constraint order_line_length_check`,
    `alter table outbox_event add constraint outbox_event_length_check check (
  length(topic) <= 200 and length(last_error) <= 2000 and pg_column_size(payload) <= 4194304) not valid`,
    `alter table outbox_event validate constraint outbox_event_length_check`,
    `alter table payment add constraint payment_length_check check (
  length(provider) <= 100 and length(provider_reference) <= 255) not valid`,
    `alter table payment validate constraint payment_length_check`,
    `alter table payment_transaction add constraint payment_transaction_length_check check (
  length(idempotency_key) <= 420 and length(provider_reference) <= 280
  and length(failure_reason) <= 1000 and length(actor) <= 200 and length(reason) <= 1000) not valid`,
    `alter table payment_transaction validate constraint payment_transaction_length_check`,
    `alter table price_list add constraint price_list_length_check check (
  length(code) <= 200 and length(name) <= 200) not valid`,
    `alter table price_list validate constraint price_list_length_check`,
    `alter table product add constraint product_length_check check (
  length(vendor) <= 255 and length(product_type) <= 255 and pg_column_size(option_names) <= 65536
  and pg_column_size(tags) <= 524288) not valid`,
    `alter table product validate constraint product_length_check`,
    `alter table product_media add constraint product_media_length_check check (
  length(alt) <= 1000) not valid`,
    `alter table product_media validate constraint product_media_length_check`,
    `alter table product_variant add constraint product_variant_length_check check (
  length(sku) <= 255 and length(barcode) <= 255 and length(title) <= 1000
  and pg_column_size(option_values) <= 65536) not valid`,
    `alter table product_variant validate constraint product_variant_length_check`,
    `alter table promotion add constraint promotion_length_check check (
  length(name) <= 200) not valid`,
    `alter table promotion validate constraint promotion_length_check`,
    `alter table shipment add constraint shipment_length_check check (
  length(carrier) <= 200 and length(tracking_number) <= 200) not valid`,
    `alter table shipment validate constraint shipment_length_check`,
    `alter table stock_location add constraint stock_location_length_check check (
  length(code) <= 200 and length(name) <= 200) not valid`,
    `alter table stock_location validate constraint stock_location_length_check`,
    `alter table stock_movement add constraint stock_movement_length_check check (
  length(note) <= 1000 and length(actor) <= 200) not valid`,
    `alter table stock_movement validate constraint stock_movement_length_check`,
    `alter table sales_order add constraint sales_order_email_check check (
  email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= 254) not valid`,
    `alter table sales_order validate constraint sales_order_email_check`,
  ];

  protected override readonly downStatements = [
    `alter table sales_order drop constraint sales_order_email_check`,
    `alter table stock_movement drop constraint stock_movement_length_check`,
    `alter table stock_location drop constraint stock_location_length_check`,
    `alter table shipment drop constraint shipment_length_check`,
    `alter table promotion drop constraint promotion_length_check`,
    `alter table product_variant drop constraint product_variant_length_check`,
    `alter table product_media drop constraint product_media_length_check`,
    `alter table product drop constraint product_length_check`,
    `alter table price_list drop constraint price_list_length_check`,
    `alter table payment_transaction drop constraint payment_transaction_length_check`,
    `alter table payment drop constraint payment_length_check`,
    `alter table outbox_event drop constraint outbox_event_length_check`,
    `alter table order_line drop constraint order_line_length_check`,
    `alter table order_adjustment drop constraint order_adjustment_length_check`,
    `alter table order_address drop constraint order_address_length_check`,
    `alter table idempotency_key drop constraint idempotency_key_length_check`,
    `alter table customer_credential drop constraint customer_credential_length_check`,
    `alter table customer_address drop constraint customer_address_length_check`,
    `alter table customer drop constraint customer_length_check`,
    `alter table category drop constraint category_length_check`,
    `alter table audit_log drop constraint audit_log_length_check`,
    `alter table attribute drop constraint attribute_length_check`,
  ];
}
