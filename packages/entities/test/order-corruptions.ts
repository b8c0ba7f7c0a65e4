import type { Corruption } from './corruption.ts';
import { cart, hold, line, order, payment, variant } from './sound-shop.ts';

const levelOf = (variantId: string) => `where variant_id = '${variantId}'`;
const stepsOf = (orderId: string) => `order_status_history where order_id = '${orderId}'`;
const late = `updated_at = now() - interval '2 hours'`;
const lateOrder = `update sales_order set ${late} where id = '${order.cancelled}'`;

/** Corruptions of orders: invariants 2, 4, 5, 6 and 7. */
export const orderCorruptions: Corruption[] = [
  [
    2,
    'a line that costs more',
    `update order_line set unit_price_minor = 1001, total_minor = 2002 where id = '${line.tees}'`,
    ['order.subtotal'],
  ],
  [
    2,
    'an order without lines',
    `delete from order_line where order_id = '${order.pending}'`,
    ['order.subtotal'],
  ],
  [2, 'a discount that is lost', `delete from order_adjustment where kind = 'discount'`, ['order.discount']],
  [
    2,
    'a fee that changed',
    `update order_adjustment set amount_minor = 499 where kind = 'shipping'`,
    ['order.shipping'],
  ],
  [
    2,
    'a tax that is there twice',
    `insert into order_adjustment (order_id, kind, code, amount_minor) values ('${order.completed}', 'tax', 'vat', 100)`,
    ['order.tax'],
  ],
  [
    2,
    'a total that is not the sum',
    `alter table sales_order drop constraint sales_order_total_check;
     update sales_order set total_minor = 999 where id = '${order.pending}'`,
    ['order.total'],
  ],

  [
    4,
    'a cancelled order whose money is still authorized',
    `update payment set status = 'authorized', ${late} where id = '${payment.cancelled}'; ${lateOrder}`,
    ['order.cancelled-money'],
  ],
  [
    4,
    'a cancelled order whose money was taken',
    `update payment_transaction set kind = 'capture' where idempotency_key = 'e';
     update payment set status = 'captured', captured_minor = 4000, ${late} where id = '${payment.cancelled}'; ${lateOrder}`,
    ['order.cancelled-money'],
  ],
  [
    4,
    'a confirmed order without its payment',
    `delete from payment_transaction where payment_id = '${payment.confirmed}'; delete from payment where id = '${payment.confirmed}'`,
    ['order.covered'],
  ],
  [
    4,
    'a cancelled order that holds stock',
    `update stock_reservation set status = 'held' where id = '${hold.cancelled}';
     update stock_level set reserved = reserved + 2 ${levelOf(variant.coat)}`,
    ['order.cancelled-holds'],
  ],

  [
    5,
    'a step that is lost',
    `delete from ${stepsOf(order.completed)} and to_status = 'confirmed'`,
    ['order.history-contiguous'],
  ],
  [
    5,
    'a step that is not legal',
    `delete from ${stepsOf(order.completed)} and to_status = 'confirmed';
     update order_status_history set from_status = 'pending' where to_status = 'shipped'`,
    ['order.history-legal'],
  ],
  [
    5,
    'a step that is legal for shipments only',
    `update order_status_history set to_status = 'delivered' where to_status = 'completed';
     update sales_order set status = 'shipped' where id = '${order.completed}'`,
    ['order.history-last', 'order.history-legal'],
  ],
  [
    5,
    'a status that was set past the history',
    `update sales_order set status = 'shipped' where id = '${order.completed}'`,
    ['order.history-last'],
  ],
  [
    5,
    'a history that is lost',
    `delete from ${stepsOf(order.pending)}`,
    ['order.history-contiguous', 'order.history-last', 'order.history-legal'],
  ],

  [
    6,
    'a completed cart without an order',
    `update sales_order set cart_id = null where id = '${order.confirmed}'`,
    ['cart.completed'],
  ],
  [
    6,
    'an open cart with an order',
    `update cart set status = 'open' where id = '${cart.confirmed}'`,
    ['cart.completed'],
  ],
  [
    6,
    'two orders from one cart',
    `alter table sales_order drop constraint sales_order_cart_id_unique;
     update sales_order set cart_id = '${cart.confirmed}' where id = '${order.free}'`,
    ['cart.one-order'],
  ],
  [
    6,
    'an event that is lost',
    `delete from outbox_event where aggregate_id = '${order.pending}'`,
    ['order.placed-event'],
  ],
  [
    6,
    'an event that is there twice',
    `drop index outbox_event_order_placed_unique;
     insert into outbox_event (topic, aggregate_id, published_at) values ('order.placed', '${order.pending}', now())`,
    ['order.placed-event'],
  ],

  [
    7,
    'shipped without a hold',
    `update stock_reservation set quantity = 3 where id = '${hold.shippedTees}'`,
    ['order-line.shipped'],
  ],
  [
    7,
    'shipped without the ledger',
    `update order_line set shipped_quantity = 1 where id = '${line.tees}'`,
    ['order-line.outbound', 'order-line.shipped'],
  ],
  [
    7,
    'a ledger row that changed',
    `update stock_movement set quantity = -1 where quantity = -2`,
    ['inventory.on-hand', 'order-line.outbound'],
  ],
  [
    7,
    'restocked without a return',
    `update order_line set returned_quantity = 0 where id = '${line.tees}'`,
    ['order-line.restocked'],
  ],
  [
    7,
    'more cancelled than ordered',
    `alter table order_line drop constraint order_line_fulfilment_check;
     update order_line set cancelled_quantity = 9 where id = '${line.coat}'`,
    ['order-line.quantities'],
  ],
  [
    7,
    'more returned than shipped',
    `alter table order_line drop constraint order_line_fulfilment_check;
     update order_line set returned_quantity = 9 where id = '${line.coat}'`,
    ['order-line.quantities'],
  ],
];
