import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { providerReason, reference as providerReference } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { bool, nullable, text, textOf, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { confirmIfCovered } from '../../order/operations/confirm-order.ts';
import { lockOrder } from '../../order/operations/lock-order.ts';
import type { TransactionKind, TransactionStatus } from './find-transaction.ts';
import type { ProviderAnswer } from './payment-provider.ts';

const selectOrderOfTransaction = statement({
  params: { idempotencyKey: text, provider: text },
  row: { orderId: uuid },
  sql: `select p.order_id as "orderId" from payment_transaction t join payment p on p.id = t.payment_id
    where t.idempotency_key = :idempotencyKey and p.provider = :provider`,
});

/** Locks the payment, then reads the transaction as it is now. */
const lockTransaction = statement({
  params: { idempotencyKey: text },
  row: {
    id: uuid,
    paymentId: uuid,
    kind: textOf<TransactionKind>(),
    status: textOf<TransactionStatus>(),
  },
  sql: `select t.id, p.id as "paymentId", t.kind, t.status
    from payment p join payment_transaction t on t.payment_id = p.id
    where t.idempotency_key = :idempotencyKey for no key update`,
});

// By the clock, since the transaction may have waited for the lock of the order: in the order of what happened to it.
const endTransaction = statement({
  params: { id: uuid, status: text, reference: nullable(text), reason: nullable(text) },
  row: {},
  sql: `update payment_transaction
    set status = :status, completed_at = clock_timestamp(), provider_reference = :reference, failure_reason = :reason
    where id = :id`,
});

const addToPayment = statement({
  params: {
    transactionId: uuid,
    paymentId: uuid,
    hasSucceeded: bool,
    reference: nullable(text),
    status: nullable(text),
  },
  row: {},
  sql: `with added as (
      select case when :hasSucceeded then amount_minor else 0 end as amount, kind
      from payment_transaction where id = :transactionId),
    sums as (
      select p.id, p.authorized_minor + case kind when 'authorize' then amount else 0 end as authorized,
        p.captured_minor + case kind when 'capture' then amount else 0 end as captured,
        p.refunded_minor + case kind when 'refund' then amount else 0 end as refunded,
        -- 'refunded' is the end of a payment: not while a capture is under way.
        exists (select from payment_transaction t where t.payment_id = p.id and t.id <> :transactionId
          and t.kind = 'capture' and t.status = 'pending') as is_capturing
      from payment p, added where p.id = :paymentId)
    update payment p set authorized_minor = authorized, captured_minor = captured, refunded_minor = refunded,
      provider_reference = coalesce(p.provider_reference, :reference),
      status = case when captured > 0 and refunded = captured and not is_capturing then 'refunded'
        when captured > 0 then 'captured' else coalesce(:status, p.status) end
    from sums where p.id = sums.id`,
});

/** The status that an outcome gives a payment; after captures and refunds it follows from the sums. */
const paymentStatuses: { [outcome: string]: string } = {
  'authorize succeeded': 'authorized',
  'authorize failed': 'failed',
  'void succeeded': 'voided',
};

const happened = { authorize: 'authorized', capture: 'captured', refund: 'refunded', void: 'voided' };

/**
 * Records the outcome of a request to the provider, in the caller's transaction: adds its amount to the payment, and
 * confirms the order once that covers it. The same outcome again, from the answer, a webhook or the sweep, changes
 * nothing.
 *
 * @throws UserError `transaction-not-found`; `invalid-input`: the provider's reference cannot be stored
 * @throws UserError `payment-outcome-conflict`: another outcome is recorded, or another payment has the reference
 */
export async function settleTransaction(
  em: EntityManager,
  { provider, idempotencyKey }: { provider: string; idempotencyKey: string },
  answer: ProviderAnswer,
): Promise<void> {
  if (answer.status === 'pending') return;
  const [known] = await selectOrderOfTransaction(em, { idempotencyKey, provider });
  if (known === undefined) {
    throw new UserError(
      'transaction-not-found',
      `No transaction of ${provider} has the key '${idempotencyKey}'.`,
      {
        hint: 'The request was not made here: look for it in the dashboard of the provider.',
      },
    );
  }
  const order = await lockOrder(em, known.orderId);
  const [transaction] = await lockTransaction(em, { idempotencyKey });
  if (transaction === undefined) throw new Error(`payment_transaction '${idempotencyKey}' has gone`);
  if (transaction.status !== 'pending') {
    if (transaction.status === answer.status) return;
    throw new UserError(
      'payment-outcome-conflict',
      `'${idempotencyKey}' has ${transaction.status}, and now ${provider} says that it has ${answer.status}.`,
      {
        hint: 'Compare with the dashboard of the provider, and correct what is wrong with a refund or a void there.',
      },
    );
  }
  const { id, paymentId, kind } = transaction;
  const { status } = answer;
  const hasSucceeded = status === 'succeeded';
  const reference = hasSucceeded ? parseInput(providerReference, answer.reference) : null;
  const reason = hasSucceeded ? null : parseInput(providerReason, answer.reason);
  await endTransaction(em, { id, status, reference, reason });
  await addToPayment(em, {
    transactionId: id,
    paymentId,
    hasSucceeded,
    reference: kind === 'authorize' ? reference : null,
    status: paymentStatuses[`${kind} ${status}`],
  }).catch((error: unknown) => {
    if (violatedConstraint(error) !== 'payment_provider_reference_unique') throw error;
    throw new UserError(
      'payment-outcome-conflict',
      `${provider} gave '${reference}' as the reference of '${idempotencyKey}', which another payment has.`,
      {
        hint: 'An authorization has a reference of its own: correct the adapter of the provider, then sweep again.',
      },
    );
  });
  const topic = hasSucceeded ? `payment.${happened[kind]}` : `payment.${kind}_failed`;
  // An answer may come after the cancellation: its money is to be given back by whoever reads this.
  const isOrderCancelled = order.status === 'cancelled';
  await emitEvent(em, topic, order.id, { paymentId, transactionId: id, isOrderCancelled });
  await confirmIfCovered(em, order);
}
