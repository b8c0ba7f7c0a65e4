import { Client } from 'pg';
import { shopTemplate } from './shop-database.ts';

/** The ids of the rows that {@link validShopTemplate} holds: `id(1)` is category 1, see there. */
export const id = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** Orders: returned in part, unpaid of a guest, cancelled of an erased customer, confirmed, and free by phone. */
export const order = {
  completed: id(51),
  pending: id(52),
  cancelled: id(53),
  confirmed: id(54),
  free: id(55),
};
export const variant = { tee: id(11), coat: id(12) };
export const customer = { ann: id(21), erased: id(22) };
export const cart = { confirmed: id(34), open: id(35) };
export const line = { tees: id(61), coat: id(62), pending: id(63) };
export const hold = { shippedTees: id(71), pending: id(73), cancelled: id(74) };
export const payment = {
  completed: id(81),
  pending: id(82),
  cancelled: id(83),
  refused: id(84),
  confirmed: id(85),
};

/** A migrated shop with a few rows of everything that keep all invariants, written with every trigger on. */
export const validShopTemplate = {
  name: 'valid-shop',
  async prepare(url: string): Promise<void> {
    await shopTemplate.prepare(url);
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(sql);
    await client.end();
  },
};

const level = (n: number) => `'${n === 1 ? variant.tee : variant.coat}', '${id(41)}'`;

const sql = `
  insert into category (id, parent_id, slug, name) values
    ('${id(1)}', null, 'clothes', 'Clothes'), ('${id(2)}', '${id(1)}', 't-shirts', 'T-shirts');
  insert into product (id, handle, title, status, option_names) values
    ('${id(3)}', 'tee', 'Tee', 'active', '{Size}'), ('${id(4)}', 'coat', 'Coat', 'active', '{}'),
    ('${id(5)}', 'hat', 'Hat', 'draft', '{}');
  -- The hat is a draft, the old tee is deleted: neither needs a price.
  insert into product_variant (id, product_id, title, option_values, deleted_at) values
    ('${variant.tee}', '${id(3)}', 'S', '{"Size": "S"}', null), ('${variant.coat}', '${id(4)}', 'Coat', '{}', null),
    ('${id(13)}', '${id(3)}', 'M', '{"Size": "M"}', now()), ('${id(14)}', '${id(5)}', 'Hat', '{}', null);
  insert into price (variant_id, currency_code, amount_minor, valid) values
    ('${variant.tee}', 'EUR', 900, '[2026-01-01,2026-06-01)'), ('${variant.tee}', 'EUR', 1000, '[2026-06-01,)'),
    ('${variant.tee}', 'USD', 1100, '[2026-01-01,)'), ('${variant.coat}', 'EUR', 2000, '[2026-01-01,)');
  insert into customer (id, email, phone) values ('${customer.ann}', 'ann@example.com', '1'), ('${customer.erased}', 'bob@example.com', null);
  update customer set email = null, erased_at = now() where id = '${customer.erased}';
  insert into customer_credential (customer_id, provider, subject) values ('${customer.ann}', 'google', '42');
  insert into customer_address (customer_id, full_name, line1, city, country_code)
    values ('${customer.ann}', 'Ann', '1 Main St', 'Springfield', 'US');

  insert into cart (id, customer_id, currency_code) values
    ('${id(31)}', '${customer.ann}', 'EUR'), ('${id(32)}', null, 'EUR'), ('${id(33)}', '${customer.erased}', 'EUR'),
    ('${cart.confirmed}', null, 'EUR'), ('${id(36)}', null, 'EUR'), ('${id(37)}', null, 'EUR');
  update cart set status = 'completed' where id in ('${id(31)}', '${id(32)}', '${id(33)}', '${cart.confirmed}');
  insert into cart (id, customer_id, currency_code) values ('${cart.open}', '${customer.ann}', 'EUR');
  update cart set status = 'merged', merged_into_id = '${cart.open}' where id = '${id(36)}';
  update cart set status = 'expired', expires_at = now() - interval '9 days' where id = '${id(37)}';

  insert into sales_order (id, cart_id, customer_id, email, currency_code, subtotal_minor, discount_minor,
      shipping_minor, tax_minor, total_minor) values
    ('${order.completed}', '${id(31)}', '${customer.ann}', 'ann@example.com', 'EUR', 4000, 200, 500, 300, 4600),
    ('${order.pending}', '${id(32)}', null, 'guest@example.com', 'EUR', 1000, 0, 0, 0, 1000),
    ('${order.cancelled}', '${id(33)}', '${customer.erased}', null, 'EUR', 4000, 0, 0, 0, 4000),
    ('${order.confirmed}', '${cart.confirmed}', null, 'guest@example.com', 'EUR', 2000, 0, 0, 0, 2000),
    ('${order.free}', null, '${customer.ann}', 'ann@example.com', 'EUR', 0, 0, 0, 0, 0);
  insert into order_line (id, order_id, position, variant_id, title, quantity, unit_price_minor, total_minor) values
    ('${line.tees}', '${order.completed}', 1, '${variant.tee}', 'Tee', 2, 1000, 2000),
    ('${line.coat}', '${order.completed}', 2, '${variant.coat}', 'Coat', 1, 2000, 2000),
    ('${line.pending}', '${order.pending}', 1, '${variant.tee}', 'Tee', 1, 1000, 1000),
    ('${id(64)}', '${order.cancelled}', 1, '${variant.coat}', 'Coat', 2, 2000, 4000),
    ('${id(65)}', '${order.confirmed}', 1, '${variant.coat}', 'Coat', 1, 2000, 2000),
    ('${id(66)}', '${order.free}', 1, '${variant.tee}', 'Tee', 1, 0, 0);
  insert into order_adjustment (order_id, order_line_id, kind, code, amount_minor, rate_ppm, taxable_minor) values
    ('${order.completed}', null, 'discount', 'WELCOME', 200, null, null),
    ('${order.completed}', null, 'shipping', 'standard', 500, null, null),
    ('${order.completed}', '${line.tees}', 'tax', 'vat', 100, 50000, 2000),
    ('${order.completed}', '${line.coat}', 'tax', 'vat', 200, 100000, 2000);
  insert into order_address (order_id, kind, full_name, city, country_code) values
    ('${order.completed}', 'shipping', 'Ann', 'Springfield', 'US'), ('${order.cancelled}', 'shipping', null, null, 'US'),
    ('${order.pending}', 'shipping', 'Guest', 'Springfield', 'US'), ('${order.confirmed}', 'shipping', 'Guest', 'Springfield', 'US'),
    ('${order.free}', 'shipping', 'Ann', 'Springfield', 'US');
  insert into outbox_event (topic, aggregate_id, published_at) select 'order.placed', id, now() from sales_order;

  insert into stock_location (id, code, name) values ('${id(41)}', 'main', 'Main');
  insert into stock_level (variant_id, location_id, on_hand, reserved) values (${level(1)}, 9, 2), (${level(2)}, 4, 1);
  insert into payment (id, order_id, currency_code, provider, amount_minor) values
    ('${payment.completed}', '${order.completed}', 'EUR', 'card', 4600), ('${payment.pending}', '${order.pending}', 'EUR', 'card', 1000),
    ('${payment.cancelled}', '${order.cancelled}', 'EUR', 'card', 4000), ('${payment.refused}', '${order.confirmed}', 'EUR', 'card', 2000),
    ('${payment.confirmed}', '${order.confirmed}', 'EUR', 'invoice', 2000);
  insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key) values
    ('${payment.completed}', 'authorize', 4600, 'a'), ('${payment.completed}', 'capture', 4600, 'b'),
    ('${payment.cancelled}', 'authorize', 4000, 'd'), ('${payment.cancelled}', 'void', 4000, 'e'), ('${payment.refused}', 'authorize', 2000, 'f'),
    ('${payment.confirmed}', 'capture', 2000, 'g'), ('${payment.pending}', 'authorize', 1000, 'h');
  update payment_transaction set completed_at = now(), status = case idempotency_key when 'f' then 'failed' else 'succeeded' end
    where idempotency_key <> 'h';
  update payment set status = 'failed' where id = '${payment.refused}';
  update payment set status = 'authorized', authorized_minor = amount_minor where id in ('${payment.completed}', '${payment.cancelled}');
  update payment set status = 'voided' where id = '${payment.cancelled}';
  update payment set status = 'captured', captured_minor = amount_minor, authorized_minor = amount_minor
    where id in ('${payment.completed}', '${payment.confirmed}');
  update sales_order set status = 'confirmed' where id in ('${order.completed}', '${order.confirmed}', '${order.free}');
  update sales_order set status = 'cancelled' where id = '${order.cancelled}';

  insert into shipment (id, order_id, location_id) values ('${id(91)}', '${order.completed}', '${id(41)}');
  update shipment set status = 'shipped', shipped_at = now() where id = '${id(91)}';
  insert into stock_reservation (id, variant_id, location_id, order_line_id, quantity, expires_at) values
    ('${hold.shippedTees}', ${level(1)}, '${line.tees}', 2, null), ('${id(72)}', ${level(2)}, '${line.coat}', 1, null),
    ('${hold.pending}', ${level(1)}, '${line.pending}', 1, now() + interval '30 minutes'),
    ('${hold.cancelled}', ${level(2)}, '${id(64)}', 2, null), ('${id(75)}', ${level(2)}, '${id(65)}', 1, null),
    ('${id(76)}', ${level(1)}, '${id(66)}', 1, null);
  update stock_reservation set status = 'consumed', shipment_id = '${id(91)}' where id in ('${hold.shippedTees}', '${id(72)}');
  update stock_reservation set status = 'released' where id = '${hold.cancelled}';
  insert into stock_movement (variant_id, location_id, kind, quantity, reservation_id) values
    (${level(1)}, 'receipt', 10, null), (${level(2)}, 'receipt', 6, null), (${level(2)}, 'adjustment', -1, null),
    (${level(1)}, 'shipment', -2, '${hold.shippedTees}'), (${level(2)}, 'shipment', -1, '${id(72)}'),
    (${level(1)}, 'return', 1, '${hold.shippedTees}');
  update order_line set shipped_quantity = quantity where order_id = '${order.completed}';
  insert into return_request (id, order_id) values ('${id(114)}', '${order.completed}');
  insert into return_request_line (return_request_id, order_line_id, quantity) values ('${id(114)}', '${line.tees}', 1);
  update return_request set status = 'approved' where id = '${id(114)}';
  update return_request set status = 'received' where id = '${id(114)}';
  update order_line set returned_quantity = 1 where id = '${line.tees}';
  update return_request_line set received_quantity = 1, restocked_quantity = 1;
  update order_line set cancelled_quantity = 2 where order_id = '${order.cancelled}';
  insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key)
    values ('${payment.completed}', 'refund', 1000, 'c');
  update payment_transaction set completed_at = clock_timestamp(), status = 'succeeded' where idempotency_key = 'c';
  update payment set refunded_minor = 1000 where id = '${payment.completed}';
  update shipment set status = 'delivered', delivered_at = now() where id = '${id(91)}';
  insert into credit_note (id, order_id, net_minor, tax_minor) values ('${id(111)}', '${order.completed}', 900, 50);
  insert into credit_note_line (id, credit_note_id, order_line_id, quantity, net_minor, tax_minor)
    values ('${id(112)}', '${id(111)}', '${line.tees}', 1, 900, 50);
  insert into credit_note_tax (credit_note_line_id, code, rate_ppm, amount_minor)
    values ('${id(112)}', 'vat', 50000, 50);
  update return_request set status = 'refunded', credit_note_id = '${id(111)}' where id = '${id(114)}';
  -- One tee is to come back; the other one was, and was credited.
  insert into return_request (id, order_id) values ('${id(113)}', '${order.completed}');
  insert into return_request_line (return_request_id, order_line_id, quantity) values ('${id(113)}', '${line.tees}', 1);

  insert into order_edit (order_id, number, subtotal_minor, tax_minor, address_changed)
    values ('${order.free}', 1, 0, 0, true);
  insert into order_address (order_id, kind, full_name, city, country_code, replaced_by)
    values ('${order.free}', 'shipping', 'Ann', 'Shelbyville', 'US', 1);
  update sales_order set status = 'shipped' where id = '${order.completed}';
  update sales_order set status = 'completed' where id = '${order.completed}';`;
