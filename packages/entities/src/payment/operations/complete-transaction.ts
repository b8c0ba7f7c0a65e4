import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { confirmIfCovered } from '../../order/operations/confirm-order.ts';
import type { LockedOrder } from '../../order/operations/lock-order.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { bool, int8, nullable, text, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { insertTransaction } from './find-transaction.ts';
import type { ProviderAnswer, ProviderKind } from './payment-provider.ts';
import { releaseSurplus } from './release-surplus.ts';
import { reportOverpayment } from './report-overpayment.ts';
import { reportUncovered } from './report-uncovered.ts';

// By the clock, since the transaction may have waited for the lock of the order: in the order of what happened to it.
const endTransaction = statement({
  params: {
    id: uuid,
    status: text,
    reference: nullable(text),
    reason: nullable(text),
    settledMinor: nullable(int8),
  },
  row: {},
  sql: `update payment_transaction
    set status = :status, completed_at = clock_timestamp(), provider_reference = coalesce(:reference, provider_reference),
      failure_reason = :reason, settled_minor = :settledMinor
    where id = :id`,
});

const addToPayment = statement({
  params: {
    transactionId: uuid,
    paymentId: uuid,
    hasSucceeded: bool,
    reference: nullable(text),
    status: nullable(text),
    captureBefore: nullable(timestamptz),
  },
  row: {},
  sql: `with added as (
      select case when :hasSucceeded then coalesce(settled_minor, amount_minor) else 0 end as amount, kind,
        :hasSucceeded and kind = 'reauthorize' as is_renewed, :hasSucceeded and is_final as is_final
      from payment_transaction where id = :transactionId),
    sums as (
      select p.id, added.is_renewed, added.is_final, p.authorized_minor + case kind when 'authorize' then amount else 0 end as authorized,
        p.captured_minor + case kind when 'capture' then amount else 0 end as captured,
        p.refunded_minor + case kind when 'refund' then amount when 'refund_reversal' then -amount else 0 end as refunded,
        p.disputed_minor + case kind when 'dispute' then amount when 'dispute_reversal' then -amount else 0 end as disputed,
        -- 'refunded' is the end of a payment: not while a capture is under way.
        exists (select from payment_transaction t where t.payment_id = p.id and t.id <> :transactionId
          and t.kind = 'capture' and t.status = 'pending') as is_capturing
      from payment p, added where p.id = :paymentId)
    update payment p set authorized_minor = greatest(authorized, captured), captured_minor = captured,
      refunded_minor = refunded, disputed_minor = disputed,
      provider_reference = case when is_renewed then :reference else coalesce(p.provider_reference, :reference) end,
      -- A final capture leaves nothing to capture.
      capture_before = case when is_final and captured < authorized then clock_timestamp()
        when is_renewed then :captureBefore else coalesce(:captureBefore, p.capture_before) end,
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

const happened: Record<ProviderKind | 'reauthorize', string> = {
  reauthorize: 'reauthorized',
  authorize: 'authorized',
  capture: 'captured',
  refund: 'refunded',
  void: 'voided',
  dispute: 'disputed',
  dispute_reversal: 'dispute_reversed',
  refund_reversal: 'refund_reversed',
};

/** After these, another payment may not be needed any more. */
const addsCover: readonly PendingTransaction['kind'][] = ['authorize', 'dispute_reversal', 'refund_reversal'];

/** A pending transaction of a payment. */
export interface PendingTransaction {
  id: string;
  paymentId: string;
  kind: ProviderKind | 'reauthorize';
  isExternal: boolean;
  isOnlyPayment: boolean;
}

/** Whether its reference is that of the payment. */
function namesPayment(kind: PendingTransaction['kind']): boolean {
  return kind === 'authorize' || kind === 'reauthorize';
}

/**
 * Ends a pending transaction of an order and a payment that the caller has locked: adds what was done to the payment, and
 * confirms the order once that covers it.
 *
 * @param done `settledMinor`: what was done, where that is less than was asked; `capturedMinor`: what an authorization has
 *   captured at once
 * @throws UserError `payment-outcome-conflict`: another payment has the reference
 */
export async function completeTransaction(
  em: EntityManager,
  order: LockedOrder,
  { id, paymentId, kind, isExternal, isOnlyPayment }: PendingTransaction,
  outcome: Extract<ProviderAnswer, { status: 'succeeded' | 'failed' }>,
  {
    settledMinor,
    capturedMinor,
  }: { settledMinor?: bigint | undefined; capturedMinor?: bigint | undefined } = {},
): Promise<void> {
  const { status } = outcome;
  const hasSucceeded = status === 'succeeded';
  const reference = hasSucceeded ? outcome.reference : null;
  await endTransaction(em, {
    id,
    status,
    reference,
    reason: hasSucceeded ? null : outcome.reason,
    settledMinor,
  });
  await addToPayment(em, {
    transactionId: id,
    paymentId,
    hasSucceeded,
    reference: namesPayment(kind) ? reference : null,
    status: paymentStatuses[`${kind} ${status}`],
    captureBefore: hasSucceeded && namesPayment(kind) ? outcome.expiresAt : undefined,
  }).catch((error: unknown) => {
    if (violatedConstraint(error) !== 'payment_provider_reference_unique') throw error;
    throw new UserError(
      'payment-outcome-conflict',
      `The provider gave payment ${paymentId} the reference '${reference}', which another payment has.`,
      { hint: 'An authorization has a reference of its own: correct the adapter of the provider.' },
    );
  });
  const topic = hasSucceeded ? `payment.${happened[kind]}` : `payment.${kind}_failed`;
  // An answer may come after the cancellation: its money is to be given back by whoever reads this.
  const isOrderCancelled = order.status === 'cancelled';
  await emitEvent(em, topic, order.id, { paymentId, transactionId: id, isOrderCancelled, isExternal });
  if (hasSucceeded && capturedMinor !== undefined) {
    const reference = outcome.captureReference ?? outcome.reference;
    await captureAtOnce(em, order, { paymentId, isOnlyPayment, capturedMinor, reference });
  } else await confirmIfCovered(em, order);
  if (addsCover.includes(kind) && hasSucceeded && !isOnlyPayment) {
    await releaseSurplus(em, { order, paymentId });
  }
  if (isExternal || capturedMinor !== undefined) {
    await reportOverpayment(em, order, { paymentId, kind: capturedMinor === undefined ? kind : 'capture' });
    await reportUncovered(em, order, { paymentId, kind });
  }
}

/** Books what an authorization has captured as a capture: of one that the buyer did not need, all the same. */
async function captureAtOnce(
  em: EntityManager,
  order: LockedOrder,
  {
    paymentId,
    isOnlyPayment,
    capturedMinor,
    reference,
  }: { paymentId: string; isOnlyPayment: boolean; capturedMinor: bigint; reference: string },
): Promise<void> {
  const kind = 'capture' as const;
  const idempotencyKey = `immediate:${paymentId}`;
  const id = await insertTransaction(em, { paymentId, kind, amountMinor: capturedMinor, idempotencyKey });
  const capture = { id, paymentId, kind, isExternal: false, isOnlyPayment };
  await completeTransaction(em, order, capture, { status: 'succeeded', reference });
}
