import { noRows, query, rowCheck, type Check } from '@ecommerce-dms/validator';
import { ago } from '../runtime/ago.ts';

/** One row a payment, with the sums of its transactions that succeeded. */
const payments = query({
  name: 'payments',
  key: ['id'],
  sql: `SELECT p.id, p.order_id, p.authorized_minor, p.captured_minor, p.refunded_minor,
      -- A payment that is captured at once was authorized by that.
      greatest(coalesce(t.authorized, 0), coalesce(t.captured, 0)) AS authorizations_minor,
      coalesce(t.captured, 0) AS captures_minor, coalesce(t.refunded, 0) AS refunds_minor
    FROM payment p
    LEFT JOIN (SELECT payment_id, sum(amount_minor) FILTER (WHERE kind = 'authorize') AS authorized,
        sum(amount_minor) FILTER (WHERE kind = 'capture') AS captured,
        sum(amount_minor) FILTER (WHERE kind = 'refund') AS refunded
      FROM payment_transaction WHERE status = 'succeeded' GROUP BY payment_id) t ON t.payment_id = p.id`,
});

/** Invariant 3, and the transactions of invariant 8. */
export function paymentChecks(pendingTransactionMaxAgeMs: number): Check[] {
  const sum = (name: 'authorized' | 'captured' | 'refunded', transactions: string) =>
    rowCheck({
      id: `payment.${name}`,
      description: `The ${name} amount of a payment is the sum of its transactions that succeeded.`,
      on: payments,
      that: `${name}_minor = ${transactions}`,
      show: ['order_id', `${name}_minor`, transactions],
      fix: 'Ask the provider what it did; then record the missing transaction, or correct the payment.',
    });
  return [
    sum('authorized', 'authorizations_minor'),
    sum('captured', 'captures_minor'),
    sum('refunded', 'refunds_minor'),
    noRows({
      id: 'payment.stale-transaction',
      description: 'No transaction waits long for the provider.',
      severity: 'warning',
      sql: `SELECT id, payment_id, kind, created_at FROM payment_transaction
        WHERE status = 'pending' AND created_at < ${ago(pendingTransactionMaxAgeMs)}`,
      key: ['id'],
      show: ['payment_id', 'kind', 'created_at'],
      fix: 'Run sweepPendingTransactions, which asks the provider for the outcome, and find out why it did not run.',
    }),
  ];
}
