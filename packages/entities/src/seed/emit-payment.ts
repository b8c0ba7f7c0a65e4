import type { SeedOrder, ShopEmit } from './seed-order.ts';
import type { ShopContext } from './shop-context.ts';

/** What the provider takes to answer, in ms. */
const ANSWER_MS = 1200;
const REFUSED_AFTER_MS = 1500;

interface Attempt {
  startedAt: number;
  /** Undefined while the provider has not answered. */
  authorizedAt?: number;
  failedAt?: number;
  capturedAt?: number;
  voidedAt?: number;
  refundedAt?: number;
  refundedMinor: number;
}

/** The order's payments, a refused one included, with their transactions. */
export function emitPayments(order: SeedOrder, emit: ShopEmit, context: ShopContext): void {
  const { basket, story, buyer } = order;
  // A free order has no payment.
  if (basket.totalMinor === 0) return;
  const failedAt = buyer.placedAt + REFUSED_AFTER_MS;
  const isRefused = story.wasRefused && failedAt <= context.atMs;
  if (isRefused)
    emitAttempt(order, 1, { startedAt: buyer.placedAt, failedAt, refundedMinor: 0 }, emit, context);
  if (isRefused && story.isUnpaid) return;

  const refundedAt = story.returnedAt ?? story.unitReturnedAt ?? story.cancelledAt;
  const refundedMinor = story.capturedAt === undefined || refundedAt === undefined ? 0 : refundOf(order);
  const attempt: Attempt = {
    startedAt: isRefused ? failedAt : buyer.placedAt,
    authorizedAt: story.paidAt,
    capturedAt: story.capturedAt,
    voidedAt: story.capturedAt === undefined ? story.cancelledAt : undefined,
    refundedAt: refundedMinor > 0 ? refundedAt : undefined,
    refundedMinor,
  };
  emitAttempt(order, isRefused ? 2 : 1, attempt, emit, context);
}

/** All of it, or what the customer paid for one unit of the last line. */
function refundOf({ basket, story }: SeedOrder): number {
  if (story.unitReturnedAt === undefined) return basket.totalMinor;
  const line = basket.lines.at(-1);
  if (line === undefined) return 0;
  return Math.floor((line.totalMinor - line.discountMinor + line.taxMinor) / line.quantity);
}

function emitAttempt(
  order: SeedOrder,
  attempt: number,
  what: Attempt,
  emit: ShopEmit,
  context: ShopContext,
): void {
  const { draw, number, story, basket } = order;
  const { startedAt, authorizedAt, failedAt, capturedAt, voidedAt, refundedAt, refundedMinor } = what;
  const amount = basket.totalMinor;
  const id = draw.uuid7(startedAt);
  const reference = `seed-${number}-${attempt}`;
  const isFullyRefunded = capturedAt !== undefined && refundedMinor === amount;
  emit.payment({
    id,
    order_id: order.id,
    currency_code: context.currency,
    provider: story.method,
    provider_reference: reference,
    status: failedAt
      ? 'failed'
      : voidedAt
        ? 'voided'
        : isFullyRefunded
          ? 'refunded'
          : capturedAt
            ? 'captured'
            : authorizedAt
              ? 'authorized'
              : 'pending',
    amount_minor: amount,
    authorized_minor: authorizedAt === undefined ? 0 : amount,
    captured_minor: capturedAt === undefined ? 0 : amount,
    refunded_minor: refundedMinor,
    created_at: startedAt,
    updated_at: refundedAt ?? voidedAt ?? capturedAt ?? failedAt ?? authorizedAt ?? startedAt,
  });

  const transact = (
    kind: string,
    status: 'pending' | 'succeeded' | 'failed',
    amountMinor: number,
    at: number,
  ) =>
    emit.payment_transaction({
      id: draw.uuid7(at),
      payment_id: id,
      kind,
      status,
      amount_minor: amountMinor,
      idempotency_key: `${reference}-${kind}`,
      provider_reference: status === 'succeeded' ? `${reference}-${kind}` : null,
      failure_reason:
        status === 'failed' ? draw.pick(['card_declined', 'insufficient_funds', 'expired_card']) : null,
      created_at: status === 'pending' ? at : Math.max(startedAt, at - ANSWER_MS),
      completed_at: status === 'pending' ? null : at,
    });
  if (failedAt !== undefined) transact('authorize', 'failed', amount, failedAt);
  else if (authorizedAt !== undefined) transact('authorize', 'succeeded', amount, authorizedAt);
  // An invoice asks nothing of a provider until it is paid.
  else if (story.method === 'card') transact('authorize', 'pending', amount, startedAt);
  if (capturedAt !== undefined) transact('capture', 'succeeded', amount, capturedAt);
  if (voidedAt !== undefined) transact('void', 'succeeded', amount, voidedAt);
  if (refundedAt !== undefined) transact('refund', 'succeeded', refundedMinor, refundedAt);
}
