import { noRows, rowCheck, table, type Check } from '@ecommerce-dms/validator';
import { customerErasedRule, isEmptied } from './personal-columns.ts';

const erase = 'Erase what is left, as erasePerson does.';

/** Invariant 9. What it finds is shown by key only. */
export function customerChecks(): Check[] {
  return [
    rowCheck({
      id: 'customer.erased',
      description: 'An erased customer has no personal data; every other one has an email address.',
      on: table('customer'),
      // As the constraint has it, so that the constraint proves it.
      that: customerErasedRule,
      fix: erase,
    }),
    noRows({
      id: 'customer.erased-address',
      description: 'An erased customer has no address book.',
      sql: `select a.id, a.customer_id from customer c join customer_address a on a.customer_id = c.id
        where c.erased_at is not null`,
      key: ['id'],
      show: ['customer_id'],
      fix: erase,
    }),
    noRows({
      id: 'customer.erased-credential',
      description: 'An erased customer has no credential, no session and no token.',
      sql: `select k.id, k.customer_id from customer c
        join (select id, customer_id from customer_credential union all select id, customer_id from customer_token) k
          on k.customer_id = c.id
        where c.erased_at is not null`,
      key: ['id'],
      show: ['customer_id'],
      fix: erase,
    }),
    noRows({
      id: 'customer.erased-cart',
      description:
        'The carts of an erased customer have no line with properties, and closed ones no metadata.',
      sql: `select c.id, c.customer_id from customer o join cart c on c.customer_id = o.id
        where o.erased_at is not null and (c.status <> 'open' and not ${isEmptied('cart', 'c.')}
          or exists (select from cart_line l where l.cart_id = c.id and l.properties is not null))`,
      key: ['id'],
      show: ['customer_id'],
      fix: erase,
    }),
    noRows({
      id: 'customer.erased-order',
      description: 'The orders of an erased customer keep amounts and countries, and nothing personal.',
      sql: `select o.id, o.customer_id from customer c join sales_order o on o.customer_id = c.id
        where c.erased_at is not null and (not ${isEmptied('sales_order', 'o.')} or exists (select from order_address a
          where a.order_id = o.id and not ${isEmptied('order_address', 'a.')}) or exists (select from order_line l
          where l.order_id = o.id and not ${isEmptied('order_line', 'l.')}))`,
      key: ['id'],
      show: ['customer_id'],
      fix: erase,
    }),
  ];
}
