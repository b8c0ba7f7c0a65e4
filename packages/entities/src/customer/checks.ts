import { noRows, rowCheck, table, type Check } from '@ecommerce-dms/validator';
import { customerErasedRule, isEmptied } from './personal-columns.ts';

const ERASE = 'Erase what is left, as erasePerson does.';

/** Invariant 9. What it finds is shown by key only. */
export function customerChecks(): Check[] {
  return [
    rowCheck({
      id: 'customer.erased',
      description: 'An erased customer has no personal data; every other one has an email address.',
      on: table('customer'),
      // As the constraint has it, so that the constraint proves it.
      that: customerErasedRule,
      fix: ERASE,
    }),
    noRows({
      id: 'customer.erased-address',
      description: 'An erased customer has no address book.',
      sql: `SELECT a.id, a.customer_id FROM customer c JOIN customer_address a ON a.customer_id = c.id
        WHERE c.erased_at IS NOT NULL`,
      key: ['id'],
      show: ['customer_id'],
      fix: ERASE,
    }),
    noRows({
      id: 'customer.erased-credential',
      description: 'An erased customer has no credential, no session and no token.',
      sql: `SELECT k.id, k.customer_id FROM customer c
        JOIN (SELECT id, customer_id FROM customer_credential UNION ALL SELECT id, customer_id FROM customer_token) k
          ON k.customer_id = c.id
        WHERE c.erased_at IS NOT NULL`,
      key: ['id'],
      show: ['customer_id'],
      fix: ERASE,
    }),
    noRows({
      id: 'customer.erased-order',
      description: 'The orders of an erased customer keep amounts and countries, and nothing personal.',
      sql: `SELECT o.id, o.customer_id FROM customer c JOIN sales_order o ON o.customer_id = c.id
        WHERE c.erased_at IS NOT NULL AND (NOT ${isEmptied('sales_order', 'o.')} OR EXISTS (SELECT FROM order_address a
          WHERE a.order_id = o.id AND NOT ${isEmptied('order_address', 'a.')}))`,
      key: ['id'],
      show: ['customer_id'],
      fix: ERASE,
    }),
  ];
}
