import { noRows, query, rowCheck, type Check } from '@ecommerce-dms/validator';
import { ago } from '../runtime/ago.ts';

/** One row a payment, with the sums of its transactions that succeeded, and whether one waits for its outcome. */
const payments = query({
  name: 'payments',
  key: ['id'],
  sql: `select p.id, p.order_id, p.status, coalesce(t.is_voided, false) as is_voided,
      -- One that nothing was asked for yet waits for that.
      coalesce(t.is_waiting, true) as is_waiting, p.authorized_minor, p.captured_minor, p.refunded_minor, p.disputed_minor,
      -- A payment that is captured at once was authorized by that.
      greatest(coalesce(t.authorized, 0), coalesce(t.captured, 0)) as authorizations_minor,
      coalesce(t.captured, 0) as captures_minor, coalesce(t.refunded, 0) as refunds_minor,
      coalesce(t.disputed, 0) as disputes_minor
    from payment p
    left join (select payment_id, sum(done) filter (where kind = 'authorize') as authorized,
        sum(done) filter (where kind = 'capture') as captured,
        sum(case kind when 'refund' then done when 'refund_reversal' then -done end) as refunded,
        sum(case kind when 'dispute' then done when 'dispute_reversal' then -done end) as disputed,
        bool_or(kind = 'void' and done is not null) as is_voided, bool_or(is_waiting) as is_waiting
      from (select payment_id, kind, case when status = 'succeeded' then coalesce(settled_minor, amount_minor) end as done,
          kind = 'authorize' and status = 'pending' and not is_external as is_waiting
        from payment_transaction) as outcome group by payment_id) t on t.payment_id = p.id`,
});

/** Invariant 3, and the transactions of invariant 8. */
export function paymentChecks(pendingTransactionMaxAgeMs: number): Check[] {
  const sum = (name: 'authorized' | 'captured' | 'refunded' | 'disputed', transactions: string) =>
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
    rowCheck({
      id: 'payment.status',
      description: 'The status of a payment is what its transactions have made of it.',
      on: payments,
      that: `case status
        when 'voided' then is_voided
        when 'authorized' then authorizations_minor > 0 and captures_minor = 0 and not is_voided
        when 'captured' then captures_minor > 0
        when 'refunded' then captures_minor > 0 and refunds_minor = captures_minor
        else authorizations_minor = 0 and not is_voided and is_waiting = (status = 'pending') end`,
      nulls: 'fail',
      show: [
        'order_id',
        'status',
        'authorizations_minor',
        'captures_minor',
        'refunds_minor',
        'is_voided',
        'is_waiting',
      ],
      fix: 'Ask the provider what it did; then record the missing transaction, or correct the status.',
    }),
    sum('disputed', 'disputes_minor'),
    noRows({
      id: 'payment.stale-transaction',
      description: 'No transaction waits long for the provider.',
      severity: 'warning',
      sql: `select id, payment_id, kind, created_at from payment_transaction
        where status = 'pending' and created_at < ${ago(pendingTransactionMaxAgeMs)}`,
      key: ['id'],
      show: ['payment_id', 'kind', 'created_at'],
      fix:
        'Run sweepPendingTransactions, which asks the provider for the outcome, and find out why it did not run. ' +
        'One with is_external waits for what it follows from: call reconcilePayments to see what is missing, and ' +
        'dismissExternal for what can never be booked, such as a refund of more than was captured.',
    }),
  ];
}
