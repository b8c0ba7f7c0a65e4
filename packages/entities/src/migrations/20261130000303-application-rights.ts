import { SqlMigration } from './sql-migration.ts';

const columns = {
  sales_order: `id, cart_id, customer_id, email, currency_code, subtotal_minor, discount_minor, shipping_minor,
  tax_minor, total_minor`,
  order_line: `id, order_id, position, variant_id, sku, title, variant_title, quantity, unit_price_minor,
  price_list_code, total_minor`,
  order_adjustment: 'order_id, order_line_id, kind, code, amount_minor',
};

/** The application keeps the rights that its operations use: what was written stays, but for what they change. */
export class ApplicationRights extends SqlMigration {
  protected override readonly upStatements = [
    // Number, status, times and what was shipped are the database's to begin with.
    `revoke insert on sales_order, order_line, order_adjustment from shop_app`,
    `grant insert (${columns.sales_order}) on sales_order to shop_app`,
    `grant insert (${columns.order_line}) on order_line to shop_app`,
    `grant insert (${columns.order_adjustment}) on order_adjustment to shop_app`,

    `revoke delete on cart, outbox_event from shop_app`,
    `revoke update on cart, cart_coupon, cart_line, customer_address, idempotency_key, outbox_event, outbox_lease,
  sales_order, shipment from shop_app`,
    `revoke update (updated_at) on payment from shop_app`,
    `grant update (status, price_list_code, merged_into_id, expires_at) on cart to shop_app`,
    `grant update (coupon_id) on cart_coupon to shop_app`,
    `grant update (quantity, unit_price_minor) on cart_line to shop_app`,
    `grant update (full_name, company, line1, line2, city, region, postal_code, country_code, phone,
  is_default_shipping, is_default_billing) on customer_address to shop_app`,
    `grant update (response) on idempotency_key to shop_app`,
    `grant update (attempts, last_error, published_at, retry_at, set_aside_at) on outbox_event to shop_app`,
    `grant update (event_ids, leased_until) on outbox_lease to shop_app`,
    `grant update (status, email) on sales_order to shop_app`,
    `grant update (status, shipped_at, delivered_at) on shipment to shop_app`,
  ];

  protected override readonly downStatements = [
    `grant update (status, carrier, tracking_number, shipped_at, delivered_at, updated_at) on shipment to shop_app`,
    `grant update (status, customer_id, email, updated_at) on sales_order to shop_app`,
    `grant update (updated_at) on payment to shop_app`,
    `grant update on cart, cart_coupon, cart_line, customer_address, idempotency_key, outbox_event, outbox_lease
  to shop_app`,
    `grant delete on cart, outbox_event to shop_app`,
    `grant insert on sales_order, order_line, order_adjustment to shop_app`,
  ];
}
