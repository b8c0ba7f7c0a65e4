import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { bool, int8, nullable, text, textOf, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { type LockedOrder, lockOrder } from '../../order/operations/lock-order.ts';
import { bookExternals, recordExternal } from './book-externals.ts';
import { completeTransaction } from './complete-transaction.ts';
import type { TransactionKind, TransactionStatus } from './find-transaction.ts';
import { noteAction } from './note-action.ts';
import type { ProviderAnswer } from './payment-provider.ts';

const selectOrderOfTransaction = statement({
  params: { idempotencyKey: text, provider: text },
  row: { orderId: uuid },
  sql: `select p.order_id as "orderId" from payment_transaction t join payment p on p.id = t.payment_id
    where t.idempotency_key = :idempotencyKey and p.provider = :provider and not t.is_external`,
});

const transactionRow = {
  id: uuid,
  idempotencyKey: text,
  paymentId: uuid,
  kind: textOf<TransactionKind>(),
  status: textOf<TransactionStatus>(),
  amountMinor: int8,
  settledMinor: int8,
  reference: nullable(text),
  isOnlyPayment: bool,
  hasExternals: bool,
};

/** Locks the payment, then reads the transaction as it is now. */
const lockTransaction = statement({
  params: { idempotencyKey: text },
  row: transactionRow,
  sql: `select t.id, t.idempotency_key as "idempotencyKey", p.id as "paymentId", t.kind, t.status, t.amount_minor as "amountMinor",
      coalesce(t.settled_minor, t.amount_minor) as "settledMinor", t.provider_reference as reference,
      not exists (select from payment other where other.order_id = p.order_id and other.id <> p.id) as "isOnlyPayment",
      exists (select from payment_transaction waiting where waiting.payment_id = p.id and waiting.is_external
        and waiting.status = 'pending') as "hasExternals"
    from payment p join payment_transaction t on t.payment_id = p.id
    where t.idempotency_key = :idempotencyKey for no key update`,
});

/**
 * Records the outcome of a request to the provider, in the caller's transaction: adds its amount to the payment, and
 * confirms the order once that covers it. The same outcome again, from the answer, a webhook or the sweep, changes
 * nothing. What the provider says after a request was given up is booked as a transaction of its own: a success that
 * comes late, a refund that fails late, and more than was asked.
 *
 * @throws UserError `transaction-not-found`
 * @throws UserError `payment-outcome-conflict`: another outcome is recorded, or another payment has the reference
 */
export async function settleTransaction(
  em: EntityManager,
  { provider, idempotencyKey }: { provider: string; idempotencyKey: string },
  answer: ProviderAnswer,
): Promise<void> {
  if (answer.status === 'pending' || answer.status === 'requires_action') {
    await noteAction(em, { provider, idempotencyKey, isRequired: answer.status === 'requires_action' });
    return;
  }
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
  if (transaction.status === 'pending') await endPending(em, order, provider, transaction, answer);
  else if (transaction.status !== answer.status) await bookLater(em, order, provider, transaction, answer);
}

type Outcome = Extract<ProviderAnswer, { status: 'succeeded' | 'failed' }>;
type LockedTransaction = RowOf<typeof transactionRow>;

/** What the provider has done: as much as was asked, unless it says so. */
function doneBy(answer: Outcome, { amountMinor }: LockedTransaction): bigint {
  return (answer.status === 'succeeded' ? answer.amountMinor : undefined) ?? amountMinor;
}

async function endPending(
  em: EntityManager,
  order: LockedOrder,
  provider: string,
  transaction: LockedTransaction,
  answer: Outcome,
): Promise<void> {
  const { paymentId, kind, amountMinor: asked } = transaction;
  const done = doneBy(answer, transaction);
  const settledMinor = done < asked ? done : undefined;
  const most = settledMinor ?? asked;
  const capturedMinor = capturedBy(answer, kind);
  await completeTransaction(em, order, { ...transaction, isExternal: false }, answer, {
    settledMinor,
    capturedMinor: capturedMinor !== undefined && capturedMinor > most ? most : capturedMinor,
  });
  if (kind === 'reauthorize') return;
  if (answer.status === 'succeeded' && done > asked) {
    const reference = `${answer.reference} above the request`;
    await recordExternal(em, order, { provider, paymentId, kind, reference, amountMinor: done - asked });
  } else if (transaction.hasExternals) await bookExternals(em, order, paymentId);
}

/** What an authorization has captured at once. */
function capturedBy(answer: Outcome, kind: TransactionKind): bigint | undefined {
  return answer.status === 'succeeded' && kind === 'authorize' ? answer.capturedMinor : undefined;
}

/** The provider says otherwise than before: it did what was given up, or took a refund back. */
async function bookLater(
  em: EntityManager,
  order: LockedOrder,
  provider: string,
  transaction: LockedTransaction,
  answer: Outcome,
): Promise<void> {
  const { paymentId, kind, idempotencyKey, status } = transaction;
  const external = { provider, paymentId };
  if (answer.status === 'succeeded') {
    if (kind === 'reauthorize') return;
    const { reference } = answer;
    await recordExternal(em, order, {
      ...external,
      kind,
      reference,
      amountMinor: doneBy(answer, transaction),
    });
    const amountMinor = capturedBy(answer, kind);
    if (amountMinor !== undefined) {
      const captured = answer.captureReference ?? reference;
      await recordExternal(em, order, { ...external, kind: 'capture', reference: captured, amountMinor });
    }
  } else if (kind === 'refund') {
    await recordExternal(em, order, {
      ...external,
      kind: 'refund_reversal',
      reference: transaction.reference ?? idempotencyKey,
      amountMinor: transaction.settledMinor,
      reason: answer.reason,
    });
  } else {
    throw new UserError(
      'payment-outcome-conflict',
      `'${idempotencyKey}' has ${status}, and now ${provider} says that it has ${answer.status}.`,
      {
        hint: 'Compare with the dashboard of the provider, and correct what is wrong with a refund or a void there.',
      },
    );
  }
}
