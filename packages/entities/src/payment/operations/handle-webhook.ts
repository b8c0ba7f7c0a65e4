import { isUserError, UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { lockOrder } from '../../order/operations/lock-order.ts';
import { emitEvent } from '../../runtime/emit-event.ts';
import { once } from '../../runtime/once.ts';
import { amountMinor, currencyCode, key, reference } from '../../bounds.ts';
import { int8, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { recordExternal } from './book-externals.ts';
import {
  type PaymentProvider,
  type ProviderEvent,
  providerKinds,
  type ProviderTransaction,
  type WebhookDelivery,
} from './payment-provider.ts';
import { failed, parseAnswer, succeeded } from './provider-answer.ts';
import { settleTransaction } from './settle-transaction.ts';
import { askForOutcome } from './submit-transaction.ts';

const event = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('outcome'),
    eventId: key,
    idempotencyKey: key,
    outcome: z.discriminatedUnion('status', [z.strictObject(succeeded), z.strictObject(failed)]),
  }),
  z.strictObject({
    type: z.literal('transaction'),
    eventId: key,
    transaction: z.strictObject({
      kind: z.enum(providerKinds),
      reference,
      paymentReference: reference,
      paymentKey: key.optional(),
      amountMinor,
      currencyCode,
    }),
  }),
]);

/** What became of a webhook. */
export interface HandledWebhook {
  /** The events that concern no payment of this shop: ones for another user of the account. They are not recorded. */
  unmatched: ProviderEvent[];
}

/**
 * Records what a webhook reports, each event once, in whatever order they come: outcomes of requests, before the
 * answer to the request or after it, and what was done at the provider without us, as transactions of their own. The
 * provider's adapter checks the signature of the raw body. A failure of what has succeeded is told by the event
 * `payment.outcome_contradicted`, unless the provider says that it has succeeded. Answer the provider with 2xx when
 * this resolves, and with 4xx on `webhook-signature-mismatch`; otherwise it sends the event again.
 *
 * @throws UserError `webhook-signature-mismatch`, `invalid-input`
 * @throws UserError `payment-outcome-conflict`: another payment has the reference
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not say what is true
 * @throws UserError `idempotency-conflict`: the event, or the transaction, came before with another content
 * @throws UserError `payment-currency-mismatch`: the payment is in another currency
 */
export async function handleWebhook(
  em: EntityManager,
  provider: PaymentProvider,
  delivery: WebhookDelivery,
): Promise<HandledWebhook> {
  const unmatched: ProviderEvent[] = [];
  const faults: unknown[] = [];
  const inputs: unknown = await provider.parseWebhook(delivery);
  if (!Array.isArray(inputs)) {
    throw new UserError('invalid-input', `${provider.name} has read no list of events in a webhook.`);
  }
  for (const input of inputs) {
    try {
      const each: ProviderEvent = parseInput(event, input);
      const isMatched = await recordEvent(em, provider, each);
      if (!isMatched) unmatched.push(each);
    } catch (error) {
      // It keeps no other event of the same delivery from being recorded.
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
  return { unmatched };
}

const findKey = statement({
  params: { idempotencyKey: text, provider: text },
  row: { transactionId: uuid, paymentId: uuid, orderId: uuid, kind: text },
  sql: `select t.id as "transactionId", p.id as "paymentId", p.order_id as "orderId", t.kind
    from payment_transaction t join payment p on p.id = t.payment_id
    where t.idempotency_key = :idempotencyKey and p.provider = :provider and not t.is_external`,
});

async function recordEvent(
  em: EntityManager,
  provider: PaymentProvider,
  input: ProviderEvent,
): Promise<boolean> {
  if (input.type === 'transaction') {
    return await em.transactional((em) => recordTransaction(em, provider.name, input.transaction));
  }
  const { idempotencyKey, outcome } = input;
  const known = { provider: provider.name, idempotencyKey };
  const [transaction] = await findKey(em, known);
  if (transaction === undefined) return false;
  try {
    await recordOnce(em, provider, input, (em) => settleTransaction(em, known, outcome));
  } catch (error) {
    const isContradiction = isUserError(error) && error.code === 'payment-outcome-conflict';
    if (!isContradiction || outcome.status !== 'failed') throw error;
    // Refused, it would be sent again for ever. Events come in any order: only the provider knows which one was the last.
    const now: unknown = await askForOutcome(idempotencyKey, () => provider.find(idempotencyKey));
    const hasFailed = now !== undefined && parseAnswer(idempotencyKey, now).status === 'failed';
    await recordOnce(em, provider, input, async (em) => {
      const { orderId, ...event } = transaction;
      if (hasFailed) await emitEvent(em, 'payment.outcome_contradicted', orderId, event);
    });
  }
  return true;
}

async function recordOnce(
  em: EntityManager,
  { name }: PaymentProvider,
  event: Extract<ProviderEvent, { type: 'outcome' }>,
  record: (em: EntityManager) => Promise<void>,
): Promise<void> {
  await em.transactional((em) =>
    once(em, { scope: `payment-webhook:${name}`, key: event.eventId, request: event }, async () => {
      await record(em);
      return {};
    }),
  );
}

const findPayment = statement({
  params: { provider: text, paymentReference: text, paymentKey: nullable(text) },
  row: { paymentId: uuid, orderId: uuid, currencyCode: text, totalMinor: int8 },
  sql: `select p.id as "paymentId", p.order_id as "orderId", p.currency_code as "currencyCode",
      p.amount_minor as "totalMinor" from payment p
    where p.provider = :provider and (p.provider_reference = :paymentReference
      or p.id = (select t.payment_id from payment_transaction t
        where t.idempotency_key = :paymentKey and t.kind = 'authorize' and not t.is_external))
    order by p.provider_reference = :paymentReference limit 1`,
});

async function recordTransaction(
  em: EntityManager,
  provider: string,
  {
    kind,
    reference,
    paymentReference,
    paymentKey,
    amountMinor: reportedMinor,
    currencyCode,
  }: ProviderTransaction,
): Promise<boolean> {
  const [payment] = await findPayment(em, { provider, paymentReference, paymentKey });
  if (payment === undefined) return false;
  const { paymentId, orderId } = payment;
  if (currencyCode !== payment.currencyCode) {
    throw new UserError(
      'payment-currency-mismatch',
      `${provider} reports the ${kind} '${reference}' in ${currencyCode}; payment ${paymentId} is in ${payment.currencyCode}.`,
      { hint: "Have the adapter report the amount in the payment's currency, not in that of the payout." },
    );
  }
  // A void is of all there is, and many a provider names no amount. Anything else of nothing has done nothing.
  const amountMinor = kind === 'void' && reportedMinor === 0n ? payment.totalMinor : reportedMinor;
  if (amountMinor === 0n) return true;
  const order = await lockOrder(em, orderId);
  await recordExternal(em, order, { provider, paymentId, kind, reference, amountMinor });
  return true;
}
