import { cart, customer, order } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

/** What the triggers keep beside the rows, so that a corruption of these rows has no other effect. */
export const keptByTriggers = `delete from status_index;
  insert into status_index (machine, status, at, id) select 'sales_order', status, placed_at, id from sales_order
    union all select 'payment_transaction', status, created_at, id from payment_transaction where status = 'pending'
    union all select 'cart', status, expires_at, id from cart where status = 'open';
  delete from customer_open_cart;
  insert into customer_open_cart (customer_id, cart_id)
    select customer_id, id from cart where status = 'open' and customer_id is not null on conflict do nothing;`;

/** Invariant 11: the tables that triggers keep. */
export const statusIndexCorruptions: Corruption[] = [
  {
    what: 'an order that is not listed',
    sql: `delete from status_index where id = '${order.pending}'`,
    findings: ['status-index.rows'],
  },
  {
    what: 'an order that is listed with another status',
    sql: `update status_index set status = 'pending' where id = '${order.completed}'`,
    findings: ['status-index.rows'],
  },
  {
    what: 'an open cart that its customer does not have',
    sql: `delete from customer_open_cart where cart_id = '${cart.open}'`,
    findings: ['cart.open-of-customer'],
  },
  {
    what: 'a customer with a cart that is not open',
    sql: `insert into customer_open_cart (customer_id, cart_id) values ('${customer.erased}', '${cart.confirmed}')`,
    findings: ['cart.open-of-customer'],
  },
];
