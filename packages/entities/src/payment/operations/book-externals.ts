import type { EntityManager } from '@mikro-orm/postgresql';
import type { LockedOrder } from '../../order/operations/lock-order.ts';
import { idempotencyConflict } from '../../runtime/once.ts';
import { bool, int8, nullable, text, textOf, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { completeTransaction } from './complete-transaction.ts';
import type { ProviderKind } from './payment-provider.ts';

/** A transaction at the provider that was not requested here. */
export interface ExternalTransaction {
  provider: string;
  paymentId: string;
  kind: ProviderKind;
  reference: string;
  amountMinor: bigint;
  reason?: string | undefined;
}

const selectBooked = statement({
  params: { paymentId: uuid, kind: text, reference: text },
  row: { isExternal: bool, amountMinor: int8 },
  sql: `select is_external as "isExternal", amount_minor as "amountMinor" from payment_transaction
    where payment_id = :paymentId and kind = :kind and provider_reference = :reference
    order by is_external limit 1`,
});

const insertExternal = statement({
  params: {
    paymentId: uuid,
    kind: text,
    amountMinor: int8,
    idempotencyKey: text,
    reference: text,
    reason: nullable(text),
  },
  row: { id: uuid },
  sql: `insert into payment_transaction
      (payment_id, kind, amount_minor, idempotency_key, provider_reference, is_external, reason)
    values (:paymentId, :kind, :amountMinor, :idempotencyKey, :reference, true, :reason)
    on conflict (idempotency_key) do nothing returning id`,
});

/**
 * Books what was done at the provider without us, in the caller's transaction, which has locked the order. The same
 * again changes nothing. One that comes before what it follows from waits for that as a pending transaction.
 *
 * @throws UserError `idempotency-conflict`: the reference was booked with another amount, or for another payment
 */
export async function recordExternal(
  em: EntityManager,
  order: LockedOrder,
  { provider, paymentId, kind, reference, amountMinor, reason }: ExternalTransaction,
): Promise<void> {
  const idempotencyKey = `external:${provider}:${kind}:${reference}`;
  const [booked] = await selectBooked(em, { paymentId, kind, reference });
  if (booked !== undefined) {
    if (booked.isExternal && booked.amountMinor !== amountMinor) throw idempotencyConflict(idempotencyKey);
    return;
  }
  const inserted = await insertExternal(em, {
    paymentId,
    kind,
    amountMinor,
    idempotencyKey,
    reference,
    reason,
  });
  if (inserted.length === 0) throw idempotencyConflict(idempotencyKey);
  await bookExternals(em, order, paymentId);
}

// While a request of the same kind has no outcome, it may be what the provider reports.
const selectBookable = statement({
  params: { paymentId: uuid },
  row: {
    id: uuid,
    kind: textOf<ProviderKind>(),
    reference: text,
    isRequested: bool,
    isOnlyPayment: bool,
  },
  sql: `select t.id, t.kind, coalesce(t.provider_reference, '') as reference, own.is_requested as "isRequested",
      not exists (select from payment other where other.order_id = p.order_id and other.id <> p.id) as "isOnlyPayment"
    from payment_transaction t join payment p on p.id = t.payment_id,
      lateral (select
          coalesce(bool_or(own.status = 'succeeded' and own.kind = t.kind
            and own.provider_reference = t.provider_reference), false) as is_requested,
          coalesce(bool_or(own.status = 'pending' and own.kind = t.kind), false) as is_open,
          coalesce(bool_or(own.status = 'pending' and own.kind = 'capture'), false) as is_capturing
        from payment_transaction own where own.payment_id = p.id and not own.is_external) own
    where p.id = :paymentId and t.is_external and t.status = 'pending' and (own.is_requested or not own.is_open
      and case t.kind
        when 'authorize' then p.status in ('pending', 'failed') and t.amount_minor <= p.amount_minor
        when 'capture' then p.status in ('authorized', 'captured', 'refunded')
          and p.captured_minor + t.amount_minor <= p.amount_minor
        when 'refund' then p.refunded_minor + t.amount_minor <= p.captured_minor
        when 'refund_reversal' then t.amount_minor <= p.refunded_minor
        when 'void' then p.status = 'authorized' and not own.is_capturing
        when 'dispute' then p.captured_minor > 0
        when 'dispute_reversal' then t.amount_minor <= p.disputed_minor
      end)
    order by t.created_at, t.id limit 1`,
});

// A lock alone would let a transaction at repeatable read that has waited for it go on without the report that the other
// one has left waiting: it must fail, to be repeated.
const touchPayment = statement({
  params: { paymentId: uuid },
  row: {},
  sql: 'update payment set disputed_minor = disputed_minor where id = :paymentId',
});

/** Books the external transactions of a payment that need not wait, one after another: one may let another follow. */
export async function bookExternals(em: EntityManager, order: LockedOrder, paymentId: string): Promise<void> {
  await touchPayment(em, { paymentId });
  for (;;) {
    const [next] = await selectBookable(em, { paymentId });
    if (next === undefined) return;
    const { id, kind, reference, isRequested, isOnlyPayment } = next;
    const transaction = { id, paymentId, kind, isExternal: true, isOnlyPayment };
    if (isRequested) await dropReport(em, { id });
    else await completeTransaction(em, order, transaction, { status: 'succeeded', reference });
  }
}

const dropReport = statement({
  params: { id: uuid },
  row: {},
  sql: `update payment_transaction set status = 'failed', completed_at = clock_timestamp(),
      failure_reason = 'it is a request of ours, whose outcome came later' where id = :id`,
});
