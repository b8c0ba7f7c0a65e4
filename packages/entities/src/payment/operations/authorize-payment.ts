import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { type LockedOrder, lockOrder } from '../../order/operations/lock-order.ts';
import { creditedOf, paymentCover } from '../../order/operations/payment-cover.ts';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';
import { int8, int8Sum, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { paymentToken, positiveAmountMinor } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { uuidV7 } from '../../uuid-v7.ts';
import { amountWithin } from './amount-within.ts';
import { findTransaction, insertTransaction } from './find-transaction.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { PaymentState } from './payment-state.ts';
import { requestKey } from './request-key.ts';
import { submitTransaction } from './submit-transaction.ts';

const authorization = z.strictObject({
  idempotencyKey: requestKey,
  orderId: z.uuid(),
  paymentMethod: paymentToken,
  amountMinor: positiveAmountMinor.optional(),
  capture: z.enum(['manual', 'immediate']).default('manual'),
});

/**
 * What {@link authorizePayment} takes. `paymentMethod` is the provider's token of a card or an account: it is sent, and
 * never stored. `amountMinor` is by default all that is due of a pending order; an order can have several payments.
 * `capture`: `immediate` asks the provider to take the money at once, as for what is delivered at once (the result says
 * by its `status` whether it has); by default (`manual`) {@link capturePayment} does.
 */
export type PaymentAuthorization = z.input<typeof authorization>;

/**
 * Reserves money at the provider for a pending order, and confirms the order once its payments cover it. A later order
 * takes another payment for what its payments no longer cover, such as after a capture that was refused: name its
 * amount. One key makes one authorization, however often it is sent. Where the result has a `nextAction`, let the buyer do
 * it, then wait for the webhook. Meanwhile they may try another method with a new key: what they complete twice is voided
 * by the sweep.
 *
 * @throws UserError `invalid-input`, also without an amount for an order that is not pending; `order-not-found`,
 *   `transaction-open`, `idempotency-conflict`
 * @throws IllegalTransition `illegal-transition`: the order was cancelled or returned, or has nothing left to pay
 * @throws AmountExceeds `amount-exceeds-due`: more than is left to pay of the order
 * @throws PaymentDeclined `payment-declined`: the provider refused
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not answer
 * @throws UserError `payment-outcome-conflict`: a webhook has recorded another outcome
 */
export async function authorizePayment(
  em: EntityManager,
  provider: PaymentProvider,
  request: PaymentAuthorization,
): Promise<PaymentState> {
  const { idempotencyKey, orderId, paymentMethod, amountMinor, capture } = parseInput(authorization, request);
  return await submitTransaction(em, provider, idempotencyKey, async (em) => {
    const order = await lockOrder(em, orderId);
    const kind = 'authorize' as const;
    const asked = {
      idempotencyKey,
      kind,
      orderId,
      paymentId: undefined,
      amountMinor,
      provider: provider.name,
      shipmentId: undefined,
    };
    const earlier = await findTransaction(em, asked);
    const amount = earlier?.amountMinor ?? (await insertPayment(em, order, asked));
    const { currencyCode } = order;
    return {
      order,
      earlier,
      request: {
        kind,
        idempotencyKey,
        amountMinor: amount,
        currencyCode,
        paymentMethod,
        ...(capture === 'immediate' ? { capture } : {}),
      },
    };
  });
}

const sumPayments = statement({
  params: { orderId: uuid },
  row: { takenMinor: int8Sum },
  sql: `select coalesce(sum(case p.status when 'pending' then p.amount_minor else ${paymentCover()} end), 0)
      + (select ${creditedOf()} from sales_order o where o.id = :orderId) as "takenMinor"
    from payment p where p.order_id = :orderId
      and not exists (select from payment_transaction t where t.payment_id = p.id and t.kind = 'authorize'
        and t.status = 'pending' and t.action_required_at is not null)`,
});

const insertPaymentRow = statement({
  params: { id: uuid, orderId: uuid, currencyCode: text, provider: text, amountMinor: int8 },
  row: {},
  sql: `insert into payment (id, order_id, currency_code, provider, amount_minor)
    values (:id, :orderId, :currencyCode, :provider, :amountMinor)`,
});

async function insertPayment(
  em: EntityManager,
  order: LockedOrder,
  asked: { provider: string; idempotencyKey: string; amountMinor: bigint | undefined },
): Promise<bigint> {
  // What is under way counts: two payments at the same time must not pay the same twice. What waits for the buyer does
  // not, since they may want another method; if they complete both, the surplus is released.
  const [sum] = await sumPayments(em, { orderId: order.id });
  const availableMinor = order.totalMinor - (sum?.takenMinor ?? 0n);
  if (order.status !== 'pending') refuseLatePayment(order, { ...asked, availableMinor });
  const amountMinor = amountWithin('due', { requestedMinor: asked.amountMinor, availableMinor });
  const { provider, idempotencyKey } = asked;
  const { id: orderId, currencyCode } = order;
  const paymentId = uuidV7();
  await insertPaymentRow(em, { id: paymentId, orderId, currencyCode, provider, amountMinor });
  await insertTransaction(em, { paymentId, kind: 'authorize', amountMinor, idempotencyKey });
  return amountMinor;
}

/** How much is still wanted of an order after its confirmation is for the shop to say: units may have been cancelled. */
function refuseLatePayment(
  { id, status }: LockedOrder,
  { amountMinor, availableMinor }: { amountMinor: bigint | undefined; availableMinor: bigint },
): void {
  if (status === 'cancelled' || status === 'returned' || availableMinor <= 0n) {
    throw new IllegalTransition('sales_order', id, { from: status, to: 'confirmed' });
  }
  if (amountMinor === undefined) {
    throw new UserError('invalid-input', `amountMinor: needed for order ${id}, which is ${status}`, {
      hint: `At most ${availableMinor} are left to pay of its total.`,
    });
  }
}
