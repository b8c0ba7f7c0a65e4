import { noRows, type Check } from '@ecommerce-dms/validator';

/** What `status_index` has to hold. */
const expected = `select 'sales_order' as machine, status, placed_at as at, id from sales_order
  union all select 'payment_transaction', status, created_at, id from payment_transaction where status = 'pending'
  union all select 'cart', status, expires_at, id from cart where status = 'open'`;
const kept = 'select machine, status, at, id from status_index';

/** Whether the tables that triggers keep in place of indexes are what they index. */
export function statusIndexChecks(): Check[] {
  return [
    noRows({
      id: 'status-index.rows',
      description:
        'Every order, pending payment transaction and open cart is in status_index, and nothing else is.',
      sql: `select *, 'missing' as fault from ((${expected}) except all (${kept})) as missing
        union all select *, 'left over' from ((${kept}) except all (${expected})) as left_over`,
      key: ['machine', 'status', 'at', 'id'],
      show: ['fault'],
      fix: 'Find what wrote past the triggers; then, as the owner: delete what is left over, and update the row of what is missing (set status = status).',
    }),
    noRows({
      id: 'cart.open-of-customer',
      description: 'customer_open_cart has the open cart of each customer who has one, and no other.',
      sql: `select c.id as cart_id, c.customer_id, 'missing' as fault from cart c
          where c.status = 'open' and c.customer_id is not null
            and not exists (select from customer_open_cart o where o.cart_id = c.id and o.customer_id = c.customer_id)
        union all select o.cart_id, o.customer_id, 'left over' from customer_open_cart o
          where not exists (select from cart c
            where c.id = o.cart_id and c.customer_id = o.customer_id and c.status = 'open')`,
      key: ['cart_id'],
      show: ['customer_id', 'fault'],
      fix: 'Find what wrote past the trigger; then, as the owner: delete what is left over, expire a second open cart, and update the one that is missing (set status = status).',
    }),
  ];
}
