import { cart, customer, hold, line, order, payment, variant } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

const levelOf = (variantId: string) => `where variant_id = '${variantId}'`;
const stepsOf = (orderId: string) => `order_status_history where order_id = '${orderId}'`;
const earlier = `now() - interval '2 hours'`;
/** The cancellation and the last request of its payment were two hours ago. */
const longAgo = `update order_status_history set changed_at = ${earlier} where order_id = '${order.cancelled}';
     update payment_transaction set completed_at = ${earlier} where payment_id = '${payment.cancelled}'`;
const refund = (minor: number, at: string) =>
  `insert into payment_transaction (payment_id, kind, status, amount_minor, idempotency_key, completed_at)
     values ('${payment.confirmed}', 'refund', 'succeeded', ${minor}, 'x', ${at});
     update payment set refunded_minor = ${minor} where id = '${payment.confirmed}'`;
const dispute = (minor: number, at: string) =>
  `insert into payment_transaction
       (payment_id, kind, status, amount_minor, idempotency_key, completed_at, is_external)
     values ('${payment.confirmed}', 'dispute', 'succeeded', ${minor}, 'x', ${at}, true);
     update payment set disputed_minor = ${minor} where id = '${payment.confirmed}'`;
/** A line that an edit has added to an order, and that will not be shipped. */
const addedLine = (orderId: string, minor: number) => `insert into order_edit
       (order_id, number, subtotal_minor, tax_minor, address_changed) values ('${orderId}', 1, ${minor}, 0, false);
     update sales_order set subtotal_minor = subtotal_minor + ${minor}, total_minor = total_minor + ${minor}
       where id = '${orderId}';
     insert into order_line (order_id, position, variant_id, title, quantity, cancelled_quantity, unit_price_minor,
         total_minor, edit_number)
       values ('${orderId}', 3, '${variant.tee}', 'Added', 1, 1, ${minor}, ${minor}, 1)`;

/** Invariant 2: amounts of orders. */
export const amountsCorruptions: Corruption[] = [
  {
    what: 'a line that costs more',
    sql: `update order_line set unit_price_minor = 1001, total_minor = 2002 where id = '${line.tees}'`,
    findings: ['order.subtotal'],
  },
  {
    what: 'an order without lines',
    sql: `delete from order_line where order_id = '${order.pending}'`,
    findings: ['order.subtotal'],
  },
  {
    what: 'a discount that is lost',
    sql: `delete from order_adjustment where kind = 'discount'`,
    findings: ['order.discount'],
  },
  {
    what: 'a fee that changed',
    sql: `update order_adjustment set amount_minor = 499 where kind = 'shipping'`,
    findings: ['order.shipping'],
  },
  {
    what: 'a tax that is there twice',
    sql: `insert into order_adjustment (order_id, kind, code, amount_minor) values ('${order.completed}', 'tax', 'vat', 100)`,
    findings: ['order.tax'],
  },
  {
    what: 'a total that is not the sum',
    sql: `alter table sales_order drop constraint sales_order_total_check;
     update sales_order set total_minor = 999 where id = '${order.pending}'`,
    findings: ['order.total'],
  },
  {
    what: 'a total without a tax that its amounts do not include',
    sql: `alter table sales_order drop constraint sales_order_total_check;
     update sales_order set tax_included = true where id = '${order.completed}'`,
    findings: ['order.tax-base', 'order.total'],
  },
  {
    what: 'a tax that is not its rate of its base',
    sql: `alter table order_adjustment drop constraint order_adjustment_tax_check;
     update order_adjustment set rate_ppm = 190000 where order_line_id = '${line.coat}'`,
    findings: ['order.tax-rate'],
  },
  {
    what: 'a tax on more than its line cost',
    sql: `update order_adjustment set rate_ppm = 50000, taxable_minor = 4000 where order_line_id = '${line.coat}'`,
    findings: ['order.tax-base'],
  },
  {
    what: 'a discount of more than its line',
    sql: `update order_adjustment set taxable_minor = null, rate_ppm = null where order_id = '${order.completed}';
     update order_adjustment set order_line_id = '${line.tees}', amount_minor = 2001
     where order_id = '${order.completed}' and kind = 'discount';
     update sales_order set subtotal_minor = 4000, discount_minor = 2001, total_minor = 2799 where id = '${order.completed}'`,
    findings: ['credit-note.lines', 'credit-note.taxes', 'order.line-discount', 'order.overpaid'],
  },
];

/** Invariant 4: orders without cover, and cancelled ones that keep something. */
export const coverCorruptions: Corruption[] = [
  {
    what: 'a cancelled order whose money is still authorized',
    sql: `delete from payment_transaction where idempotency_key = 'e';
     update payment set status = 'authorized' where id = '${payment.cancelled}'; ${longAgo}`,
    findings: ['order.cancelled-money'],
  },
  {
    what: 'a cancelled order whose money was taken',
    sql: `update payment_transaction set kind = 'capture' where idempotency_key = 'e';
     update payment set status = 'captured', captured_minor = 4000 where id = '${payment.cancelled}'; ${longAgo}`,
    findings: ['order.cancelled-money'],
  },
  {
    what: 'a confirmed order without its payment',
    sql: `delete from payment_transaction where payment_id = '${payment.confirmed}'; delete from payment where id = '${payment.confirmed}'`,
    findings: ['order.covered', 'order.unpaid-goods'],
  },
  {
    what: 'an order that was confirmed on money that had been refunded',
    sql: refund(1, earlier),
    findings: ['order.covered'],
  },
  {
    what: 'a refund after the confirmation',
    sql: refund(1, 'clock_timestamp()'),
    findings: [],
  },
  {
    what: 'an order that was confirmed on money that a dispute held back',
    sql: dispute(1, earlier),
    findings: ['order.covered', 'order.unpaid-goods'],
  },
  {
    what: 'a dispute after the confirmation',
    sql: dispute(1, 'clock_timestamp()'),
    findings: ['order.unpaid-goods'],
  },
  {
    what: 'an order that was confirmed on less than was asked for',
    sql: `update payment_transaction set settled_minor = 1999 where idempotency_key = 'g';
     update payment set captured_minor = 1999, authorized_minor = 1999 where id = '${payment.confirmed}'`,
    findings: ['order.covered', 'order.unpaid-goods'],
  },
  {
    what: 'a payment that was voided once another took its place',
    sql: `update payment_transaction set kind = 'authorize' where idempotency_key = 'g';
     insert into payment_transaction (payment_id, kind, status, amount_minor, idempotency_key, completed_at)
     values ('${payment.confirmed}', 'void', 'succeeded', 2000, 'x', clock_timestamp()),
       ('${payment.refused}', 'authorize', 'succeeded', 2000, 'y', clock_timestamp());
     update payment set status = 'voided', captured_minor = 0 where id = '${payment.confirmed}';
     update payment set status = 'authorized', authorized_minor = 2000 where id = '${payment.refused}'`,
    findings: [],
  },
  {
    what: 'an order to be shipped whose payment was voided after all',
    sql: `update payment_transaction set kind = 'authorize' where idempotency_key = 'g';
     insert into payment_transaction (payment_id, kind, status, amount_minor, idempotency_key, completed_at)
     values ('${payment.confirmed}', 'void', 'succeeded', 2000, 'x', clock_timestamp());
     update payment set status = 'voided', captured_minor = 0 where id = '${payment.confirmed}'`,
    findings: ['order.covered', 'order.unpaid-goods'],
  },
  {
    what: 'an order to be shipped without payment, of which an edit has added and another one taken off as much',
    sql: `update payment_transaction set kind = 'authorize' where idempotency_key = 'g';
     insert into payment_transaction (payment_id, kind, status, amount_minor, idempotency_key, completed_at)
     values ('${payment.confirmed}', 'void', 'succeeded', 2000, 'x', clock_timestamp());
     update payment set status = 'voided', captured_minor = 0 where id = '${payment.confirmed}';
     ${addedLine(order.confirmed, 2000)};
     with note as (
       insert into credit_note (order_id, net_minor, tax_minor) values ('${order.confirmed}', 2000, 0) returning id)
     insert into credit_note_line (credit_note_id, order_line_id, quantity, net_minor, tax_minor)
       select note.id, l.id, 1, 2000, 0 from note, order_line l where l.title = 'Added';
     insert into order_credit (order_id, credited_minor) values ('${order.confirmed}', 2000)`,
    findings: ['order.covered'],
  },
  {
    what: 'a completed order whose buyer never paid for what an edit has added',
    sql: addedLine(order.completed, 1000),
    findings: ['order.covered'],
  },
  {
    what: 'a payment that was given up once all was shipped',
    sql: `update payment_transaction set kind = 'void', completed_at = clock_timestamp() where idempotency_key = 'b';
     delete from payment_transaction where idempotency_key = 'c';
     update payment set status = 'voided', captured_minor = 0, refunded_minor = 0 where id = '${payment.completed}'`,
    findings: [],
  },
  {
    what: 'a payment that was given up before all was shipped',
    sql: `update payment_transaction set kind = 'void' where idempotency_key = 'b';
     update order_status_history set changed_at = clock_timestamp() where to_status in ('shipped', 'completed');
     delete from payment_transaction where idempotency_key = 'c';
     update payment set status = 'voided', captured_minor = 0, refunded_minor = 0 where id = '${payment.completed}'`,
    findings: ['order.covered'],
  },
  {
    what: 'an order to be shipped whose payment was voided at the provider',
    sql: `update payment_transaction set kind = 'authorize' where idempotency_key = 'g';
     insert into payment_transaction (payment_id, kind, status, amount_minor, idempotency_key, completed_at, provider_reference, is_external)
     values ('${payment.confirmed}', 'void', 'succeeded', 2000, 'x', clock_timestamp(), 'r', true);
     update payment set status = 'voided', captured_minor = 0 where id = '${payment.confirmed}'`,
    findings: ['order.unpaid-goods'],
  },
  {
    what: 'an order that was confirmed before it was paid',
    sql: `update payment_transaction set completed_at = clock_timestamp() where idempotency_key = 'g'`,
    findings: ['order.covered'],
  },
  {
    what: 'a shipment of an unpaid order',
    sql: `insert into shipment (order_id, location_id) select '${order.pending}', location_id from shipment`,
    findings: ['order.status'],
  },
  {
    what: 'a confirmed order of which nothing is left to ship',
    sql: `update order_line set cancelled_quantity = quantity where order_id = '${order.confirmed}'`,
    findings: ['order-line.held', 'order.status'],
  },
  {
    what: 'a completed order whose goods have not arrived',
    sql: `update shipment set status = 'shipped', delivered_at = null`,
    findings: ['order.status'],
  },
  {
    what: 'a cancelled order that holds stock',
    sql: `update stock_reservation set status = 'held' where id = '${hold.cancelled}';
     update stock_level set reserved = reserved + 2 ${levelOf(variant.coat)}`,
    findings: ['order.cancelled-holds'],
  },
];

const uncaptured = (captureBefore: string) =>
  `delete from payment_transaction where payment_id = '${payment.completed}' and kind <> 'authorize';
   update payment set status = 'authorized', captured_minor = 0, refunded_minor = 0, capture_before = ${captureBefore}
     where id = '${payment.completed}'`;

/** Orders that do not agree with what belongs to them. */
export const belongingsCorruptions: Corruption[] = [
  {
    what: 'an order whose goods are there, never captured until its authorization ended',
    sql: uncaptured(`now() - interval '1 minute'`),
    findings: ['order.uncollected'],
  },
  {
    what: 'an order whose goods are there, to be captured yet',
    sql: uncaptured(`now() + interval '1 minute'`),
    findings: [],
  },
  {
    what: 'an order to be shipped whose money was refunded',
    sql: `${refund(2000, 'clock_timestamp()')};
     update payment set status = 'refunded' where id = '${payment.confirmed}'`,
    findings: ['order.unpaid-goods'],
  },
  {
    what: 'an order to be shipped whose authorization has ended',
    sql: `update payment_transaction set kind = 'authorize' where idempotency_key = 'g';
     update payment set status = 'authorized', captured_minor = 0, capture_before = now() - interval '1 minute'
       where id = '${payment.confirmed}'`,
    findings: ['order.unpaid-goods'],
  },
  {
    what: 'a tax of a line of another order',
    sql: `update order_adjustment set order_line_id = '${line.pending}' where order_line_id = '${line.coat}'`,
    findings: ['order.adjustment-lines', 'order.tax-base'],
  },
  {
    what: 'an order without an address',
    sql: `delete from order_address where order_id = '${order.confirmed}'`,
    findings: ['order.address'],
  },
  {
    what: 'an order in another currency than its cart',
    sql: `update cart set currency_code = 'USD' where id = '${cart.confirmed}'`,
    findings: ['order.cart'],
  },
  {
    what: 'an order of another customer than its cart',
    sql: `update sales_order set customer_id = '${customer.ann}' where id = '${order.confirmed}'`,
    findings: ['order.cart'],
  },
  {
    what: 'a cancelled order with units to ship',
    sql: `update order_line set cancelled_quantity = 1 where order_id = '${order.cancelled}'`,
    findings: ['order.status'],
  },
  {
    what: 'an order that was shipped and delivered whole, and is not completed',
    sql: `update sales_order set status = 'shipped' where id = '${order.completed}';
     delete from ${stepsOf(order.completed)} and to_status = 'completed'`,
    findings: ['order.status'],
  },
  {
    what: 'a hold of an unpaid order that never ends',
    sql: `update stock_reservation set expires_at = null where id = '${hold.pending}'`,
    findings: ['order.pending-holds'],
  },
  {
    what: 'a hold of another variant than was ordered',
    sql: `update stock_reservation set variant_id = '${variant.coat}' where id = '${hold.pending}';
     update stock_level set reserved = reserved - 1 ${levelOf(variant.tee)};
     update stock_level set reserved = reserved + 1 ${levelOf(variant.coat)}`,
    findings: ['order-line.hold-variant'],
  },
  {
    what: 'a delivered shipment without goods',
    sql: `insert into shipment (order_id, location_id, status, shipped_at, delivered_at)
       select order_id, location_id, 'delivered', shipped_at, delivered_at from shipment`,
    findings: ['shipment.goods'],
  },
];

/** Invariant 5: histories. */
export const historyCorruptions: Corruption[] = [
  {
    what: 'a step that is lost',
    sql: `delete from ${stepsOf(order.completed)} and to_status = 'shipped'`,
    findings: ['order.history-contiguous'],
  },
  {
    what: 'a step that is not legal',
    sql: `delete from ${stepsOf(order.completed)} and to_status = 'confirmed';
     update order_status_history set from_status = 'pending' where to_status = 'shipped'`,
    findings: ['order.covered', 'order.history-legal'],
  },
  {
    what: 'a step that is legal for shipments only',
    sql: `update order_status_history set to_status = 'delivered' where to_status = 'completed';
     update sales_order set status = 'shipped' where id = '${order.completed}'`,
    findings: ['order.history-last', 'order.history-legal', 'order.status'],
  },
  {
    what: 'a status that was set past the history',
    sql: `update sales_order set status = 'shipped' where id = '${order.completed}'`,
    findings: ['order.history-last', 'order.status'],
  },
  {
    what: 'a history that is lost',
    sql: `delete from ${stepsOf(order.pending)}`,
    findings: ['order.history-contiguous', 'order.history-last', 'order.history-legal'],
  },
];

/** Invariant 6: carts, orders and their events. */
export const placementCorruptions: Corruption[] = [
  {
    what: 'a completed cart without an order',
    sql: `update sales_order set cart_id = null where id = '${order.confirmed}'`,
    findings: ['cart.completed'],
  },
  {
    what: 'an open cart with an order',
    sql: `update cart set status = 'open' where id = '${cart.confirmed}'`,
    findings: ['cart.completed'],
  },
  {
    what: 'two orders from one cart',
    sql: `alter table sales_order drop constraint sales_order_cart_id_unique;
     update sales_order set cart_id = '${cart.confirmed}' where id = '${order.free}'`,
    findings: ['cart.one-order', 'order.cart'],
  },
  {
    what: 'an event that is lost',
    sql: `delete from outbox_event where aggregate_id = '${order.pending}'`,
    findings: ['order.placed-event'],
  },
  {
    what: 'an event that is there twice',
    sql: `drop index outbox_event_order_placed_unique;
     insert into outbox_event (topic, aggregate_id, published_at) values ('order.placed', '${order.pending}', now())`,
    findings: ['order.placed-event'],
  },
];

/** Invariant 7: what was shipped, cancelled and returned. */
export const fulfilmentCorruptions: Corruption[] = [
  {
    what: 'shipped without a hold',
    sql: `update stock_reservation set quantity = 3 where id = '${hold.shippedTees}'`,
    findings: ['order-line.shipped'],
  },
  {
    what: 'shipped without the ledger',
    sql: `update order_line set shipped_quantity = 1 where id = '${line.tees}'`,
    findings: [
      'order-line.held',
      'order-line.outbound',
      'order-line.shipped',
      'order.status',
      'return.units',
    ],
  },
  {
    what: 'a ledger row that changed',
    sql: `update stock_movement set quantity = -1 where quantity = -2`,
    findings: ['inventory.on-hand', 'order-line.outbound'],
  },
  {
    what: 'restocked without a return',
    sql: `update order_line set returned_quantity = 0 where id = '${line.tees}'`,
    findings: ['order-line.restocked', 'return.units'],
  },
  {
    what: 'more cancelled than ordered',
    sql: `alter table order_line drop constraint order_line_fulfilment_check;
     update order_line set cancelled_quantity = 9 where id = '${line.coat}'`,
    findings: ['order-line.held', 'order-line.quantities'],
  },
  {
    what: 'more returned than shipped',
    sql: `alter table order_line drop constraint order_line_fulfilment_check;
     update order_line set returned_quantity = 9 where id = '${line.coat}'`,
    findings: ['order-line.quantities'],
  },
];
