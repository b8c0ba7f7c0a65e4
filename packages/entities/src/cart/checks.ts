import { noRows, query, rowCheck, unique, type Check } from '@ecommerce-dms/validator';
import { ago } from '../runtime/ago.ts';

const carts = query({
  name: 'carts',
  key: ['id'],
  sql: `select c.id, c.status, o.id as order_id from cart c left join sales_order o on o.cart_id = c.id`,
});

/** Invariant 6, and the carts of invariant 8. */
export function cartChecks(cartGraceMs: number): Check[] {
  return [
    rowCheck({
      id: 'cart.completed',
      description: 'A completed cart has an order, and no other cart has one.',
      on: carts,
      that: `(status = 'completed') = (order_id is not null)`,
      show: ['status', 'order_id'],
      fix: 'Checkout does both in one transaction: find what did only one, then complete the cart or place the order.',
    }),
    unique({
      id: 'cart.one-order',
      description: 'No two orders come from the same cart.',
      table: 'sales_order',
      columns: ['cart_id'],
      fix: 'Cancel one of the orders, and refund it.',
    }),
    noRows({
      id: 'cart.expired-open',
      description: 'No cart is open long after its expiry.',
      severity: 'warning',
      sql: `select id, expires_at from cart where status = 'open' and expires_at < ${ago(cartGraceMs)}`,
      key: ['id'],
      show: ['expires_at'],
      fix: 'Run expireCarts, and find out why it did not run.',
    }),
  ];
}
