import type { Client } from 'pg';

/** The ids of the rows that {@link insertShopFixture} inserts. */
export const ids = {
  category: '00000000-0000-7000-8000-000000000001',
  subcategory: '00000000-0000-7000-8000-000000000002',
  product: '00000000-0000-7000-8000-000000000003',
  variant: '00000000-0000-7000-8000-000000000004',
  otherVariant: '00000000-0000-7000-8000-000000000005',
  customer: '00000000-0000-7000-8000-000000000006',
  cart: '00000000-0000-7000-8000-000000000007',
  guestCart: '00000000-0000-7000-8000-000000000008',
  order: '00000000-0000-7000-8000-000000000009',
  line: '00000000-0000-7000-8000-00000000000a',
  location: '00000000-0000-7000-8000-00000000000b',
  reservation: '00000000-0000-7000-8000-00000000000c',
  shipment: '00000000-0000-7000-8000-00000000000d',
  payment: '00000000-0000-7000-8000-00000000000e',
  transaction: '00000000-0000-7000-8000-00000000000f',
  promotion: '00000000-0000-7000-8000-000000000010',
  coupon: '00000000-0000-7000-8000-000000000011',
  creditNote: '00000000-0000-7000-8000-000000000012',
  creditNoteLine: '00000000-0000-7000-8000-000000000013',
  returnRequest: '00000000-0000-7000-8000-000000000014',
};

/** One row or two of each table: a customer with a pending order of 2 units, of which 10 are there. */
export async function insertShopFixture(client: Client): Promise<void> {
  await client.query(`
    insert into category (id, parent_id, slug, name) values
      ('${ids.category}', null, 'clothes', 'Clothes'),
      ('${ids.subcategory}', '${ids.category}', 't-shirts', 'T-shirts');
    insert into product (id, handle, title, status, option_names)
      values ('${ids.product}', 'tee', 'Tee', 'active', '{Size}');
    insert into product_category (product_id, category_id) values ('${ids.product}', '${ids.subcategory}');
    insert into attribute (code, name, value_type) values ('material', 'Material', 'string');
    insert into product_attribute (product_id, attribute_code, value) values ('${ids.product}', 'material', '"Cotton"');
    insert into product_variant (id, product_id, sku, title, option_values) values
      ('${ids.variant}', '${ids.product}', 'TEE-S', 'S', '{"Size": "S"}'),
      ('${ids.otherVariant}', '${ids.product}', null, 'M', '{"Size": "M"}');
    insert into product_media (product_id, url) values ('${ids.product}', 'https://example.com/tee.jpg');
    insert into price (variant_id, currency_code, amount_minor, valid)
      values ('${ids.variant}', 'EUR', 1000, '[2026-01-01,)');
    insert into tax_rate (tax_class, country_code, region, code, rate_ppm, valid)
      values ('standard', 'US', 'NY', 'sales tax', 40000, '[2026-01-01,)');
    insert into customer (id, email) values ('${ids.customer}', 'Ann@example.com');
    insert into customer_credential (customer_id, provider, subject) values ('${ids.customer}', 'google', '42');
    insert into customer_address (customer_id, full_name, line1, city, country_code, is_default_shipping,
        is_default_billing)
      values ('${ids.customer}', 'Ann', '1 Main St', 'Springfield', 'US', true, true);
    insert into customer_token (token_hash, customer_id, purpose, expires_at)
      values (sha256('session'), '${ids.customer}', 'session', now() + interval '30 days');
    insert into cart (id, customer_id, currency_code) values
      ('${ids.cart}', '${ids.customer}', 'EUR'), ('${ids.guestCart}', null, 'EUR');
    insert into cart_line (cart_id, variant_id, quantity, unit_price_minor)
      values ('${ids.cart}', '${ids.variant}', 2, 1000);
    insert into sales_order (id, cart_id, customer_id, email, currency_code, subtotal_minor, discount_minor,
        shipping_minor, tax_minor, total_minor)
      values ('${ids.order}', '${ids.cart}', '${ids.customer}', 'Ann@example.com', 'EUR', 2000, 200, 500, 300, 2600);
    insert into order_line (id, order_id, position, variant_id, title, quantity, unit_price_minor, total_minor)
      values ('${ids.line}', '${ids.order}', 1, '${ids.variant}', 'Tee', 2, 1000, 2000);
    insert into order_address (order_id, kind, full_name, country_code)
      values ('${ids.order}', 'shipping', 'Ann', 'US');
    insert into order_adjustment (order_id, kind, code, amount_minor)
      values ('${ids.order}', 'discount', 'WELCOME', 200), ('${ids.order}', 'shipping', 'standard', 500),
        ('${ids.order}', 'tax', 'vat', 300);
    insert into stock_location (id, code, name) values ('${ids.location}', 'main', 'Main');
    insert into stock_level (variant_id, location_id, on_hand, reserved, backorder_limit)
      values ('${ids.variant}', '${ids.location}', 10, 2, 5);
    insert into stock_movement (variant_id, location_id, kind, quantity)
      values ('${ids.variant}', '${ids.location}', 'receipt', 10);
    -- The order is pending: its shipment, its credit note and its return are refused by triggers.
    set local session_replication_role = replica;
    insert into shipment (id, order_id, location_id) values ('${ids.shipment}', '${ids.order}', '${ids.location}');
    insert into credit_note (id, order_id, net_minor, tax_minor) values ('${ids.creditNote}', '${ids.order}', 900, 150);
    insert into credit_note_line (id, credit_note_id, order_line_id, quantity, net_minor, tax_minor)
      values ('${ids.creditNoteLine}', '${ids.creditNote}', '${ids.line}', 1, 900, 150);
    insert into credit_note_tax (credit_note_line_id, code, amount_minor) values ('${ids.creditNoteLine}', 'vat', 150);
    insert into order_credit (order_id, credited_minor) values ('${ids.order}', 1050);
    insert into order_edit (order_id, number, subtotal_minor, tax_minor, credit_note_id, address_changed)
      values ('${ids.order}', 1, 0, 0, '${ids.creditNote}', false);
    insert into return_request (id, order_id) values ('${ids.returnRequest}', '${ids.order}');
    insert into return_request_line (return_request_id, order_line_id, quantity)
      values ('${ids.returnRequest}', '${ids.line}', 1);
    set local session_replication_role = origin;
    insert into stock_reservation (id, variant_id, location_id, order_line_id, quantity)
      values ('${ids.reservation}', '${ids.variant}', '${ids.location}', '${ids.line}', 2);
    insert into payment (id, order_id, currency_code, provider, provider_reference, amount_minor)
      values ('${ids.payment}', '${ids.order}', 'EUR', 'test', 'p-1', 2600);
    insert into payment_transaction (id, payment_id, kind, amount_minor, idempotency_key)
      values ('${ids.transaction}', '${ids.payment}', 'authorize', 2600, 'key-1');
    insert into idempotency_key (scope, key, request_hash) values ('checkout', 'key-1', sha256('request'));
    insert into outbox_event (topic, aggregate_id) values ('order.placed', '${ids.order}');
    insert into outbox_lease (id, event_ids, leased_until) select gen_random_uuid(), array_agg(id), now() from outbox_event;
    insert into maintenance_run (task, interval_ms, started_at, finished_at, affected)
      values ('holds', 60000, now(), now(), 0);
    insert into audit_log (action, entity, entity_id) values ('place', 'sales_order', '${ids.order}');
    insert into promotion (id, name, rate_ppm) values ('${ids.promotion}', 'Welcome', 100000);
    insert into promotion_target (promotion_id, role, category_id)
      values ('${ids.promotion}', 'buy', '${ids.category}');
    insert into coupon (id, promotion_id, code, usage_limit, customer_usage_limit)
      values ('${ids.coupon}', '${ids.promotion}', 'WELCOME', 5, 1);
    insert into cart_coupon (cart_id, coupon_id) values ('${ids.cart}', '${ids.coupon}');
    insert into coupon_redemption (order_id, coupon_id, discount_minor) values ('${ids.order}', '${ids.coupon}', 200);
  `);
}
