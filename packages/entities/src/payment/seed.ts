import type { Emit } from '@ecommerce-dms/seeder';
import { creditOf } from '../order/seed-credit.ts';
import type { SeedOrder } from '../order/seed-order.ts';

/** The columns that the plan fills; the others get the defaults of the schema. */
export const paymentTables = {
  payment: [
    'id',
    'order_id',
    'currency_code',
    'provider',
    'provider_reference',
    'status',
    'amount_minor',
    'authorized_minor',
    'captured_minor',
    'refunded_minor',
    'created_at',
    'updated_at',
  ],
  payment_transaction: [
    'id',
    'payment_id',
    'kind',
    'status',
    'amount_minor',
    'idempotency_key',
    'provider_reference',
    'failure_reason',
    'created_at',
    'completed_at',
  ],
} as const;

type PaymentEmit = Emit<typeof paymentTables>;
type PaymentContext = { currency: string };

/** What the provider takes to answer, in ms. */
const answerMs = 1200;
const refusedAfterMs = 1500;

/** When what happened to a payment; undefined is "not yet" or "never". */
interface Attempt {
  startedAt: number;
  failedAt?: number;
  authorizedAt?: number;
  capturedAt?: number;
  voidedAt?: number;
  refundedAt?: number;
  refundedMinor: number;
}

/** The order's payments, a refused one included, with their transactions. */
export function emitPayments(order: SeedOrder, emit: PaymentEmit, context: PaymentContext): void {
  const { basket, story, buyer } = order;
  // A free order has no payment.
  if (basket.totalMinor === 0) return;
  const failedAt = buyer.placedAt + refusedAfterMs;
  if (story.wasRefused) {
    emitAttempt(order, 1, { startedAt: buyer.placedAt, failedAt, refundedMinor: 0 }, emit, context);
  }
  if (story.isUnpaid) return;

  const credit = creditOf(order);
  const refundedMinor = credit?.grossMinor ?? 0;
  const attempt: Attempt = {
    startedAt: story.wasRefused ? failedAt : buyer.placedAt,
    authorizedAt: story.paidAt,
    capturedAt: story.capturedAt,
    voidedAt: story.capturedAt === undefined ? story.cancelledAt : undefined,
    refundedAt: refundedMinor > 0 ? credit?.at : undefined,
    refundedMinor,
  };
  emitAttempt(order, story.wasRefused ? 2 : 1, attempt, emit, context);
}

function emitAttempt(
  order: SeedOrder,
  attempt: number,
  what: Attempt,
  emit: PaymentEmit,
  context: PaymentContext,
): void {
  const { draw, number, story, basket } = order;
  const { startedAt, failedAt, authorizedAt, capturedAt, voidedAt, refundedAt, refundedMinor } = what;
  const amount = basket.totalMinor;
  const id = draw.uuid7(startedAt);
  const reference = `seed-${number}-${attempt}`;
  emit.payment({
    id,
    order_id: order.id,
    currency_code: context.currency,
    provider: story.method,
    provider_reference: reference,
    status: statusOf(what, amount),
    amount_minor: amount,
    authorized_minor: authorizedAt === undefined ? 0 : amount,
    captured_minor: capturedAt === undefined ? 0 : amount,
    refunded_minor: refundedMinor,
    created_at: startedAt,
    updated_at: refundedAt ?? voidedAt ?? capturedAt ?? failedAt ?? authorizedAt ?? startedAt,
  });

  const transact = (kind: string, amountMinor: number, at: number | undefined, failureReason?: string) => {
    if (at === undefined) return;
    emit.payment_transaction({
      id: draw.uuid7(at),
      payment_id: id,
      kind,
      status: failureReason === undefined ? 'succeeded' : 'failed',
      amount_minor: amountMinor,
      idempotency_key: `${reference}-${kind}`,
      provider_reference: failureReason === undefined ? `${reference}-${kind}` : null,
      failure_reason: failureReason ?? null,
      created_at: Math.max(startedAt, at - answerMs),
      completed_at: at,
    });
  };
  transact('authorize', amount, failedAt, draw.pick(['card_declined', 'insufficient_funds', 'expired_card']));
  // An invoice asks nothing of its provider until it is paid.
  transact('authorize', amount, authorizedAt);
  transact('capture', amount, capturedAt);
  transact('void', amount, voidedAt);
  transact('refund', refundedMinor, refundedAt);
}

function statusOf(what: Attempt, amountMinor: number): string {
  if (what.failedAt !== undefined) return 'failed';
  if (what.voidedAt !== undefined) return 'voided';
  if (what.capturedAt !== undefined) return what.refundedMinor === amountMinor ? 'refunded' : 'captured';
  return what.authorizedAt === undefined ? 'pending' : 'authorized';
}
