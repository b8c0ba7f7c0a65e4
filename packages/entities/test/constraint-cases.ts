import { lengthCases } from './length-cases.ts';
import { promotionConstraintCases } from './promotion-constraint-cases.ts';
import { ids } from './shop-fixture.ts';

const insertVariant =
  'insert into product_variant (product_id, title, sku, option_values, weight_grams) values';
const insertAttribute = `insert into product_attribute (product_id, attribute_code, value)
  values ('${ids.product}', 'material',`;
const insertPrice =
  'insert into price (variant_id, currency_code, amount_minor, compare_at_minor, valid) values';
const insertTaxRate = 'insert into tax_rate (tax_class, country_code, region, code, rate_ppm, valid) values';
const insertMovement =
  'insert into stock_movement (variant_id, location_id, kind, quantity, reservation_id) values';
const insertCreditLine = (orderLine: string, quantity: number | null, netMinor: number, taxMinor: number) =>
  `insert into credit_note_line (credit_note_id, order_line_id, quantity, net_minor, tax_minor)
   values ('${ids.creditNote}', ${orderLine}, ${quantity}, ${netMinor}, ${taxMinor})`;
const insertEdit = (number: number, subtotalMinor: number, taxMinor: number) =>
  `insert into order_edit (order_id, number, subtotal_minor, tax_minor, address_changed)
   values ('${ids.order}', ${number}, ${subtotalMinor}, ${taxMinor}, false)`;
const insertTransfer =
  'insert into stock_movement (variant_id, location_id, kind, quantity, transfer_id) values';
const level = `'${ids.variant}', '${ids.location}'`;
const insertToken = 'insert into customer_token (customer_id, token_hash, purpose, expires_at) values';
const erase = 'update customer set email = null, erased_at = now();';
// The triggers of transitions refuse an unknown status first; a load that sets them aside still meets the CHECK.
const withoutTriggers = 'set local session_replication_role = replica;';

const updateAdjustment = `${withoutTriggers} update order_adjustment set`;

/** Constraints and unique indexes, each with statements that it must refuse on the rows of the fixture. */
export const constraintCases: Record<string, string[]> = {
  ...lengthCases,
  currency_code_check: [`insert into currency values ('eur', 2)`],
  currency_exponent_check: [`insert into currency values ('XXZ', 5)`],
  status_transition_check: [
    `insert into status_transition values ('cart', 'open', 'open')`,
    `insert into status_transition values ('cart', 'open', 'new')`,
  ],

  category_slug_check: [`insert into category (slug, name) values ('T Shirts', 'x')`],
  category_name_check: [`insert into category (slug, name) values ('x', '')`],
  category_path_unique: [`insert into category (slug, name) values ('clothes', 'x')`],
  category_no_cycle: [
    `update category set parent_id = '${ids.subcategory}' where id = '${ids.category}'`,
    `update category set parent_id = id where id = '${ids.category}'`,
  ],
  attribute_code_check: [`insert into attribute values ('Colour', 'x', 'string')`],
  attribute_name_check: [`insert into attribute values ('colour', '', 'string')`],
  attribute_value_type_check: [`insert into attribute values ('colour', 'x', 'array')`],
  product_attribute_value_type: [`${insertAttribute} 'true')`],
  product_attribute_value_check: [`${insertAttribute} to_jsonb(repeat('x', 1000)))`],
  product_attribute_value_unique: [`${insertAttribute} '"Cotton"')`],
  product_attribute_product_id_variant_id_foreign: [
    `insert into product (handle, title) values ('other', 'x');
     insert into product_attribute (product_id, variant_id, attribute_code, value)
     select id, '${ids.variant}', 'material', '"Wool"' from product where handle = 'other'`,
  ],
  product_metadata_check: notObjects('product', 'metadata', 131_072),
  product_variant_metadata_check: notObjects('product_variant', 'metadata', 131_072),
  product_handle_check: [`insert into product (handle, title) values ('', 'x')`],
  product_title_check: [`insert into product (handle, title) values ('x', '')`],
  product_description_html_check: [`update product set description_html = repeat('x ', 300000)`],
  product_status_check: [`update product set status = 'gone'`],
  product_handle_unique: [`insert into product (handle, title) values ('tee', 'x')`],
  product_variant_sku_check: [`${insertVariant} ('${ids.product}', 'x', '', '{}', 0)`],
  product_variant_sku_unique: [`${insertVariant} ('${ids.product}', 'x', 'TEE-S', '{}', 0)`],
  product_variant_options_unique: [`${insertVariant} ('${ids.product}', 'x', null, '{"Size": "S"}', 0)`],
  product_variant_option_values_check: [`${insertVariant} ('${ids.product}', 'x', null, '[]', 0)`],
  product_variant_weight_grams_check: [`${insertVariant} ('${ids.product}', 'x', null, '{}', -1)`],
  product_variant_tax_class_check: [
    `update product_variant set tax_class = 'Reduced rate'`,
    `update product_variant set tax_class = ''`,
    `update product_variant set tax_class = repeat('x', 201)`,
  ],
  tax_rate_tax_class_check: [
    `update tax_rate set tax_class = 'Reduced'`,
    `update tax_rate set tax_class = repeat('x', 201)`,
  ],
  tax_rate_country_code_check: [`update tax_rate set country_code = 'USA'`],
  tax_rate_code_check: [`update tax_rate set code = ''`, `update tax_rate set region = ''`],
  tax_rate_rate_ppm_check: [`update tax_rate set rate_ppm = -1`, `update tax_rate set rate_ppm = 10000001`],
  tax_rate_valid_check: [
    `update tax_rate set valid = 'empty'`,
    `update tax_rate set valid = '(,2026-01-01)'`,
  ],
  tax_rate_no_overlap: [
    `${insertTaxRate} ('standard', 'US', 'NY', 'sales tax', 1, '[2027-01-01,)')`,
    `${insertTaxRate} ('standard', 'DE', null, 'VAT', 1, '[2026-01-01,)'),
       ('standard', 'DE', null, 'VAT', 2, '[2026-06-01,2026-07-01)')`,
  ],
  product_media_url_check: [
    `insert into product_media (product_id, url) values ('${ids.product}', 'file:///x')`,
  ],
  product_media_product_id_url_unique: [
    `insert into product_media (product_id, url) values ('${ids.product}', 'https://example.com/tee.jpg')`,
  ],
  price_list_code_check: [`insert into price_list (code, name) values ('VIP list', 'x')`],
  price_list_ended_at_check: [`update price_list set ended_at = now()`],
  price_list_tax_included_check: [`update price_list set tax_included = false where code = 'base'`],
  price_list_open: [
    `insert into price_list (code, name, ended_at) values ('sale', 'x', now());
     insert into price (variant_id, price_list_code, currency_code, amount_minor) values ('${ids.variant}', 'sale', 'EUR', 5)`,
  ],
  price_amount_minor_check: [`${insertPrice} ('${ids.variant}', 'USD', -1, null, '[2026-01-01,)')`],
  price_compare_at_minor_check: [`${insertPrice} ('${ids.variant}', 'USD', 5, 4, '[2026-01-01,)')`],
  price_valid_check: [
    `${insertPrice} ('${ids.variant}', 'USD', 5, null, 'empty')`,
    `${insertPrice} ('${ids.variant}', 'USD', 5, null, '(,2026-01-01)')`,
  ],
  price_no_overlap: [`${insertPrice} ('${ids.variant}', 'EUR', 5, null, '[2026-06-01,2026-06-02)')`],

  customer_metadata_check: notObjects('customer', 'metadata', 131_072),
  customer_email_check: [`insert into customer (email) values ('ann')`],
  customer_email_unique: [`insert into customer (email) values ('aNN@EXAMPLE.com')`],
  customer_erased_check: [
    `insert into customer (email) values (null)`,
    `update customer set erased_at = now()`,
    `update customer set erased_at = now(), email = null, phone = '1'`,
  ],
  customer_credential_failed_attempts_check: [`update customer_credential set failed_attempts = -1`],
  customer_credential_provider_check: [
    `update customer_credential set provider = 'password'`,
    `update customer_credential set secret_hash = 'x'`,
  ],
  customer_credential_customer_id_provider_unique: [
    `insert into customer_credential (customer_id, provider, subject) values ('${ids.customer}', 'google', '43')`,
  ],
  customer_credential_provider_subject_unique: [
    `with ben as (insert into customer (email) values ('ben@example.com') returning id)
     insert into customer_credential (customer_id, provider, subject) select id, 'google', '42' from ben`,
  ],
  customer_address_country_code_check: [`update customer_address set country_code = 'usa'`],
  customer_address_default_shipping_unique: [
    `insert into customer_address (customer_id, full_name, line1, city, country_code, is_default_shipping)
     values ('${ids.customer}', 'x', 'x', 'x', 'US', true)`,
  ],
  customer_address_default_billing_unique: [
    `insert into customer_address (customer_id, full_name, line1, city, country_code, is_default_billing)
     values ('${ids.customer}', 'x', 'x', 'x', 'US', true)`,
  ],

  customer_token_token_hash_unique: [
    `${insertToken} ('${ids.customer}', sha256('session'), 'session', now() + interval '1 hour')`,
  ],
  customer_token_token_hash_check: [
    `${insertToken} ('${ids.customer}', 'secret', 'session', now() + interval '1 hour')`,
  ],
  customer_token_purpose_check: [
    `${insertToken} ('${ids.customer}', sha256('x'), 'visit', now() + interval '1 hour')`,
  ],
  customer_token_expires_at_check: [`${insertToken} ('${ids.customer}', sha256('x'), 'session', now())`],
  customer_not_erased: [
    `${erase} update customer_credential set customer_id = customer_id`,
    `${erase} update customer_address set customer_id = customer_id`,
    `${erase} update sales_order set email = 'Ann@example.com'`,
    `${erase} ${insertToken} ('${ids.customer}', sha256('x'), 'session', now() + interval '1 hour')`,
  ],

  cart_currency: [`insert into cart (currency_code) values ('ZZZ')`, `update cart set currency_code = 'ZZZ'`],
  cart_status_check: [`${withoutTriggers} update cart set status = 'lost'`],
  cart_price_list_code_check: [`update cart set price_list_code = 'base'`],
  cart_metadata_check: notObjects('cart', 'metadata', 131_072),
  cart_price_list_code_foreign: [`update cart set price_list_code = 'none'`],
  cart_merged_check: [
    `update cart set status = 'merged' where id = '${ids.cart}'`,
    `update cart set merged_into_id = '${ids.guestCart}' where id = '${ids.cart}'`,
    `update cart set status = 'merged', merged_into_id = id where id = '${ids.cart}'`,
  ],
  customer_open_cart_pkey: [
    `insert into cart (customer_id, currency_code) values ('${ids.customer}', 'USD')`,
  ],
  cart_line_quantity_check: [`update cart_line set quantity = 0`, `update cart_line set quantity = 10000`],
  cart_line_unit_price_minor_check: [`update cart_line set unit_price_minor = -1`],
  cart_line_properties_check: notObjects('cart_line', 'properties', 32_768),

  sales_order_currency: [
    `insert into sales_order (currency_code, subtotal_minor, total_minor) values ('ZZZ', 0, 0)`,
    `update sales_order set currency_code = 'ZZZ'`,
  ],
  sales_order_status_check: [`${withoutTriggers} update sales_order set status = 'lost'`],
  sales_order_metadata_check: notObjects('sales_order', 'metadata', 131_072),
  sales_order_erased_check: [`update sales_order set email = null, metadata = '{"a": 1}'`],
  sales_order_email_check: [
    `update sales_order set email = 'ann'`,
    `update sales_order set email = 'ann@' || repeat('x', 251)`,
  ],
  sales_order_amounts_check: [
    `update sales_order set discount_minor = -1, total_minor = 2801`,
    `update sales_order set discount_minor = 3000, total_minor = -200`,
  ],
  sales_order_total_check: [
    `update sales_order set total_minor = total_minor + 1`,
    `update sales_order set tax_included = true`,
  ],
  sales_order_discount_check: [
    `insert into sales_order (currency_code, subtotal_minor, discount_minor, shipping_minor, total_minor)
     values ('EUR', 100, 150, 50, 0)`,
  ],
  sales_order_tax_included_check: [
    `update sales_order set tax_included = true, subtotal_minor = 299, discount_minor = 0, shipping_minor = 0,
       total_minor = 299`,
  ],
  sales_order_number_unique: [
    `insert into sales_order (number, currency_code, subtotal_minor, total_minor)
     select number, 'EUR', 0, 0 from sales_order`,
  ],
  sales_order_cart_id_unique: [
    `insert into sales_order (cart_id, currency_code, subtotal_minor, total_minor)
     values ('${ids.cart}', 'EUR', 0, 0)`,
  ],
  order_line_quantity_check: [`${withoutTriggers} update order_line set quantity = 0, total_minor = 0`],
  order_line_total_check: [`${withoutTriggers} update order_line set total_minor = 1999`],
  order_line_fulfilment_check: [
    `update order_line set shipped_quantity = 2, cancelled_quantity = 1`,
    `update order_line set shipped_quantity = 1, returned_quantity = 2`,
    `update order_line set cancelled_quantity = -1`,
  ],
  order_line_order_id_position_unique: [
    `insert into order_line (order_id, position, variant_id, title, quantity, unit_price_minor, total_minor)
     values ('${ids.order}', 1, '${ids.otherVariant}', 'x', 1, 1, 1)`,
  ],
  order_line_properties_check: notObjects('order_line', 'properties', 32_768),
  order_address_kind_check: [`update order_address set kind = 'home'`],
  order_address_replaced_by_check: [`update order_address set replaced_by = -1`],
  order_address_country_code_check: [`update order_address set country_code = 'us'`],
  order_adjustment_kind_check: [`${withoutTriggers} update order_adjustment set kind = 'gift'`],
  order_adjustment_tax_base_check: [
    `${updateAdjustment} rate_ppm = 0 where kind = 'tax'`,
    `${updateAdjustment} taxable_minor = 0 where kind = 'tax'`,
    `${updateAdjustment} amount_minor = 0, rate_ppm = 0, taxable_minor = 0 where kind = 'discount'`,
    `${updateAdjustment} amount_minor = 0, rate_ppm = -1, taxable_minor = 0 where kind = 'tax'`,
    `${updateAdjustment} amount_minor = 0, rate_ppm = 0, taxable_minor = -1 where kind = 'tax'`,
  ],
  order_adjustment_tax_check: [
    `${updateAdjustment} rate_ppm = 190000, taxable_minor = 1500 where kind = 'tax'`,
    `${updateAdjustment} rate_ppm = 190000, taxable_minor = 1600 where kind = 'tax'`,
  ],
  order_adjustment_amount_minor_check: [`${withoutTriggers} update order_adjustment set amount_minor = -1`],

  credit_note_number_unique: [
    `${withoutTriggers} insert into credit_note (number, order_id, net_minor, tax_minor)
     select number, order_id, 0, 0 from credit_note`,
  ],
  credit_note_amounts_check: [
    `insert into credit_note (order_id, net_minor, tax_minor) values ('${ids.order}', -1, 2)`,
    `insert into credit_note (order_id, net_minor, tax_minor) values ('${ids.order}', 2, -1)`,
  ],
  credit_note_line_amounts_check: [
    insertCreditLine('null', null, -1, 1),
    insertCreditLine('null', null, 1, -1),
  ],
  credit_note_line_quantity_check: [
    insertCreditLine(`'${ids.line}'`, 0, 1, 0),
    insertCreditLine(`'${ids.line}'`, null, 1, 0),
    insertCreditLine('null', 1, 1, 0),
  ],
  credit_note_tax_amount_minor_check: [
    `insert into credit_note_tax (credit_note_line_id, code, amount_minor) values ('${ids.creditNoteLine}', 'x', 0)`,
  ],
  credit_note_tax_unique: [
    `${withoutTriggers} insert into credit_note_tax (credit_note_line_id, code, rate_ppm, amount_minor)
     values ('${ids.creditNoteLine}', 'x', null, 1), ('${ids.creditNoteLine}', 'x', null, 1)`,
  ],
  order_credit_credited_minor_check: [`update order_credit set credited_minor = -1`],

  order_edit_credit_note_id_unique: [
    `${withoutTriggers} insert into order_edit (order_id, number, subtotal_minor, tax_minor, credit_note_id, address_changed)
     select order_id, 2, 0, 0, credit_note_id, false from order_edit`,
  ],
  order_edit_number_check: [insertEdit(0, 0, 0)],
  order_edit_amounts_check: [insertEdit(2, -1, 2), insertEdit(2, 2, -1)],

  return_request_status_check: [`${withoutTriggers} update return_request set status = 'lost'`],
  return_request_credit_note_check: [`update return_request set credit_note_id = '${ids.creditNote}'`],
  return_request_credit_note_id_unique: [
    `${withoutTriggers} insert into return_request (order_id, status, credit_note_id)
     select '${ids.order}', 'refunded', '${ids.creditNote}' from generate_series(1, 2)`,
  ],
  return_request_line_quantity_check: [
    `insert into return_request_line (return_request_id, order_line_id, quantity)
     values ('${ids.returnRequest}', '${ids.line}', 0)`,
  ],
  return_request_line_received_check: [
    `update return_request_line set received_quantity = -1`,
    `update return_request_line set received_quantity = 1, restocked_quantity = 2`,
    `update return_request_line set restocked_quantity = 1`,
    `update return_request_line set restocked_quantity = -1`,
  ],

  stock_location_code_check: [`insert into stock_location (code, name) values ('Main St', 'x')`],
  stock_location_code_unique: [`insert into stock_location (code, name) values ('main', 'x')`],
  stock_level_on_hand_check: [`update stock_level set on_hand = -1, reserved = 0`],
  stock_level_backorder_limit_check: [`update stock_level set backorder_limit = -1`],
  stock_level_reserved_check: [
    `update stock_level set reserved = 16`,
    `update stock_level set reserved = -1`,
  ],
  shipment_status_check: [`${withoutTriggers} update shipment set status = 'lost'`],
  shipment_dates_check: [`update shipment set status = 'shipped'`, `update shipment set shipped_at = now()`],
  stock_reservation_quantity_check: [`update stock_reservation set quantity = 0`],
  stock_reservation_status_check: [`${withoutTriggers} update stock_reservation set status = 'lost'`],
  stock_reservation_shipment_check: [
    `update stock_reservation set status = 'consumed'`,
    `update stock_reservation set shipment_id = '${ids.shipment}'`,
  ],
  stock_movement_kind_check: [`${insertMovement} (${level}, 'theft', 1, null)`],
  stock_movement_quantity_check: [
    `${insertMovement} (${level}, 'receipt', -1, null)`,
    `${insertMovement} (${level}, 'adjustment', 0, null)`,
    `${insertMovement} (${level}, 'shipment', 1, '${ids.reservation}')`,
  ],
  stock_movement_reason_check: [
    `insert into stock_movement (variant_id, location_id, kind, quantity, reason) values (${level}, 'adjustment', 1, 'x')`,
  ],
  stock_movement_reason_kind_check: [
    `insert into stock_movement (variant_id, location_id, kind, quantity, reason) values (${level}, 'receipt', 1, 'loss')`,
  ],
  stock_movement_transfer_check: [
    `${insertMovement} (${level}, 'transfer', 1, null)`,
    `${insertTransfer} (${level}, 'receipt', 1, '${ids.order}')`,
  ],
  stock_movement_transfer_unique: [
    `${insertTransfer} (${level}, 'transfer', 1, '${ids.order}'), (${level}, 'transfer', -1, '${ids.order}')`,
  ],
  stock_movement_transfer_sum: [
    `${insertTransfer} (${level}, 'transfer', 1, '${ids.order}')`,
    `insert into stock_location (id, code, name) values ('${ids.order}', 'other', 'Other');
     insert into stock_level (variant_id, location_id) values ('${ids.variant}', '${ids.order}');
     ${insertTransfer} (${level}, 'transfer', -2, '${ids.order}'),
       ('${ids.variant}', '${ids.order}', 'transfer', 1, '${ids.order}')`,
  ],
  stock_movement_reservation_check: [`${insertMovement} (${level}, 'shipment', -1, null)`],
  stock_movement_shipment_unique: [
    `${insertMovement} (${level}, 'shipment', -2, '${ids.reservation}'), (${level}, 'shipment', -2, '${ids.reservation}')`,
  ],

  payment_status_check: [`${withoutTriggers} update payment set status = 'lost'`],
  payment_amounts_check: [
    `update payment set authorized_minor = 2601`,
    `update payment set status = 'captured', authorized_minor = 1, captured_minor = 2`,
    `update payment set refunded_minor = 1`,
    `update payment set amount_minor = 0`,
  ],
  payment_status_amounts_check: [
    `update payment set status = 'authorized'`,
    `update payment set status = 'captured', authorized_minor = 5`,
    `update payment set authorized_minor = 5, captured_minor = 5`,
  ],
  payment_order_id_currency_code_foreign: [`update payment set currency_code = 'USD'`],
  payment_provider_reference_unique: [
    `insert into payment (order_id, currency_code, provider, provider_reference, amount_minor)
     values ('${ids.order}', 'EUR', 'test', 'p-1', 1)`,
  ],
  payment_transaction_kind_check: [`update payment_transaction set kind = 'steal', is_external = true`],
  payment_transaction_status_check: [
    `${withoutTriggers} update payment_transaction set status = 'lost', completed_at = now()`,
  ],
  payment_transaction_amount_minor_check: [`update payment_transaction set amount_minor = 0`],
  payment_disputed_minor_check: [`update payment set disputed_minor = -1`],
  payment_transaction_external_check: [`update payment_transaction set kind = 'dispute'`],
  payment_transaction_settled_minor_check: [
    `update payment_transaction set settled_minor = 1`,
    `${withoutTriggers} update payment_transaction set status = 'succeeded', completed_at = now(), settled_minor = amount_minor`,
  ],
  payment_transaction_action_check: [
    `insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key, action_required_at)
     values ('${ids.payment}', 'capture', 1, 'key-2', now())`,
  ],
  payment_transaction_capture_check: [
    `insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key, is_final)
     values ('${ids.payment}', 'refund', 1, 'key-2', true)`,
  ],
  payment_transaction_completed_check: [`update payment_transaction set status = 'succeeded'`],
  payment_transaction_idempotency_key_unique: [
    `insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key)
     values ('${ids.payment}', 'authorize', 1, 'key-1')`,
  ],

  idempotency_key_request_hash_check: [`update idempotency_key set request_hash = 'short'`],
  idempotency_key_pkey: [
    `insert into idempotency_key (scope, key, request_hash)
     values ('checkout', 'key-1', sha256('another'))`,
  ],
  outbox_event_topic_check: [`update outbox_event set topic = 'placed'`],
  maintenance_run_pkey: [
    `insert into maintenance_run (task, interval_ms, started_at, affected) values ('holds', 1, now(), 0)`,
  ],
  maintenance_run_interval_ms_check: [`update maintenance_run set interval_ms = 0`],
  maintenance_run_affected_check: [`update maintenance_run set affected = -1`],
  outbox_event_unpublished: [`delete from outbox_event`],
  outbox_event_attempts_check: [`update outbox_event set attempts = -1`],
  outbox_lease_pkey: [
    `insert into outbox_lease (id, event_ids, leased_until)
     select '${ids.order}', '{1}', now() from generate_series(1, 2)`,
  ],
  outbox_event_order_placed_unique: [
    `insert into outbox_event (topic, aggregate_id) values ('order.placed', '${ids.order}')`,
  ],
  ...promotionConstraintCases,
};

/** What a column is set to that must be an object of JSON, or null for none. */
function notObjects(table: string, column: string, maxBytes: number): string[] {
  const values = [`'{}'`, `'null'`, `'[1]'`, `'"x"'`, `jsonb_build_object('x', repeat('x', ${maxBytes}))`];
  return values.map((value) => `${withoutTriggers} update ${table} set ${column} = ${value}`);
}
