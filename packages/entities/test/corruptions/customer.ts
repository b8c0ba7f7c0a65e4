import { customer, order, variant } from '../valid-shop.ts';
import type { Corruption } from './corruption.ts';

/** Invariant 9: erased customers. */
export const customerCorruptions: Corruption[] = [
  {
    what: 'a phone number of an erased customer',
    sql: `alter table customer drop constraint customer_erased_check;
     update customer set phone = '1' where id = '${customer.erased}'`,
    findings: ['customer.erased'],
  },
  {
    what: 'an address of an erased customer',
    sql: `update customer_address set customer_id = '${customer.erased}'`,
    findings: ['customer.erased-address'],
  },
  {
    what: 'a credential of an erased customer',
    sql: `update customer_credential set customer_id = '${customer.erased}'`,
    findings: ['customer.erased-credential'],
  },
  {
    what: 'a session of an erased customer',
    sql: `insert into customer_token (customer_id, token_hash, purpose, expires_at)
     values ('${customer.erased}', sha256('x'), 'session', now() + interval '1 hour')`,
    findings: ['customer.erased-credential'],
  },
  {
    what: 'an engraving in a cart of an erased customer',
    sql: `insert into cart_line (cart_id, variant_id, properties, quantity, unit_price_minor)
     select id, '${variant.tee}', '{"engraving": "Bob"}', 1, 1000 from cart where customer_id = '${customer.erased}'`,
    findings: ['customer.erased-cart'],
  },
  {
    what: 'metadata of a cart of an erased customer',
    sql: `update cart set metadata = '{"name": "Bob"}' where customer_id = '${customer.erased}'`,
    findings: ['customer.erased-cart'],
  },
  {
    what: 'metadata of an order of an erased customer',
    sql: `alter table sales_order drop constraint sales_order_erased_check;
     update sales_order set metadata = '{"name": "Bob"}' where id = '${order.cancelled}'`,
    findings: ['customer.erased-order'],
  },
  {
    what: 'an engraving on an order',
    sql: `update order_line set properties = '{"engraving": "Bob"}' where order_id = '${order.cancelled}'`,
    findings: ['customer.erased-order'],
  },
  {
    what: 'an email on an order',
    sql: `update sales_order set email = 'bob@example.com' where id = '${order.cancelled}'`,
    findings: ['customer.erased-order'],
  },
  {
    what: 'a city on an order',
    sql: `update order_address set city = 'Springfield' where order_id = '${order.cancelled}'`,
    findings: ['customer.erased-order'],
  },
];
