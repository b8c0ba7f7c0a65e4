import type { EntityManager } from '@mikro-orm/postgresql';
import { lockOrder } from '../../order/operations/lock-order.ts';
import { ago } from '../../runtime/ago.ts';
import { bool, int8, nullable, text, textOf, uuid } from '../../runtime/sql-type.ts';
import { type RowOf, statement } from '../../runtime/statement.ts';
import { excessKey } from './excess-key.ts';
import { insertTransaction } from './find-transaction.ts';
import { lockPaymentRow } from './lock-payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { planReturns } from './plan-returns.ts';
import { parseAnswer } from './provider-answer.ts';
import { repeatAgeMs } from './repeat-age.ts';
import { askForOutcome, declined } from './submit-transaction.ts';
import { settleTransaction } from './settle-transaction.ts';

/** What an order still keeps above what it costs, in minor units. */
export interface ReturnedExcess {
  /** What the provider has under way. */
  pendingMinor: bigint;
  /** What other providers keep, or a capture that is under way: 0 once all was returned. */
  openMinor: bigint;
}

/** The same, with the keys of the requests that were sent. */
interface SentExcess extends ReturnedExcess {
  keys: string[];
}

const pendingRow = {
  idempotencyKey: text,
  kind: textOf<'refund' | 'void'>(),
  amountMinor: int8,
  currencyCode: text,
  paymentReference: nullable(text),
  /** Of `repeatAgeMs`. */
  isOld: bool,
};

const selectPending = statement({
  params: { orderId: uuid, provider: text },
  row: pendingRow,
  sql: `select t.idempotency_key as "idempotencyKey", t.kind, t.amount_minor as "amountMinor",
      p.currency_code as "currencyCode", p.provider_reference as "paymentReference",
      t.created_at <= ${ago(repeatAgeMs)} as "isOld"
    from payment p join payment_transaction t on t.payment_id = p.id
    where p.order_id = :orderId and p.provider = :provider and t.status = 'pending' and t.kind in ('refund', 'void')
      and not t.is_external
    order by t.created_at, t.id`,
});

/**
 * Returns what an order keeps above what it costs, by this provider. The requests are written together, under the lock of
 * the order, and counted from then on; then each is sent. What is pending from before is sent again with its key.
 *
 * @throws PaymentDeclined, PaymentOutcomeUnknown: the first that failed, once all were sent
 */
export async function returnExcess(
  em: EntityManager,
  provider: PaymentProvider,
  { orderId, reason }: { orderId: string; reason: string | undefined },
): Promise<SentExcess> {
  const requests = await em.transactional(async (em) => {
    await lockOrder(em, orderId);
    const { payments } = await planReturns(em, orderId);
    for (const { paymentId, provider: name, refundMinor, voidMinor } of payments) {
      if (name !== provider.name || refundMinor + voidMinor === 0n) continue;
      await lockPaymentRow(em, { paymentId });
      const kind = voidMinor > 0n ? 'void' : 'refund';
      const amountMinor = voidMinor > 0n ? voidMinor : refundMinor;
      await insertTransaction(em, {
        paymentId,
        kind,
        amountMinor,
        idempotencyKey: excessKey(),
        reason,
      });
    }
    return await selectPending(em, { orderId, provider: provider.name });
  });
  const errors: unknown[] = [];
  let pendingMinor = 0n;
  for (const request of requests) {
    try {
      if (await isPending(em, provider, request)) pendingMinor += request.amountMinor;
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  const { payments, openMinor } = await planReturns(em, orderId);
  return {
    keys: requests.map(({ idempotencyKey }) => idempotencyKey),
    pendingMinor,
    openMinor: payments.reduce((sum, each) => sum + each.refundMinor + each.voidMinor, openMinor),
  };
}

/** Sends a request and records its outcome, unless there is none yet. */
async function isPending(
  em: EntityManager,
  provider: PaymentProvider,
  { paymentReference, isOld, ...request }: RowOf<typeof pendingRow>,
): Promise<boolean> {
  const { idempotencyKey } = request;
  const said = await askForOutcome(idempotencyKey, async () => {
    const found = isOld ? await provider.find(idempotencyKey) : undefined;
    return found ?? (await provider.submit({ ...request, paymentReference: paymentReference ?? '' }));
  });
  const answer = parseAnswer(idempotencyKey, said);
  await em.transactional((em) => settleTransaction(em, { provider: provider.name, idempotencyKey }, answer));
  if (answer.status === 'failed') throw declined(idempotencyKey, answer.reason);
  return answer.status !== 'succeeded';
}
