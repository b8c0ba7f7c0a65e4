import type { EntityManager } from '@mikro-orm/postgresql';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';
import { amountWithin } from './amount-within.ts';
import { type ChangeKind, changePayment, type PaymentChange } from './change-payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { PaymentState } from './payment-state.ts';

/**
 * Returns captured money, all or a part of it. Concurrent refunds never return more than was captured.
 *
 * @throws UserError `invalid-input`, `payment-not-found`, `payment-provider-mismatch`, `transaction-open`,
 *   `idempotency-conflict`
 * @throws IllegalTransition `illegal-transition`: nothing was captured, or all was refunded
 * @throws AmountExceeds `amount-exceeds-captured`: more than is left of the captured amount
 * @throws PaymentDeclined `payment-declined`: the provider refused
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not answer
 * @throws UserError `payment-outcome-conflict`: a webhook has recorded another outcome
 */
export async function refundPayment(
  em: EntityManager,
  provider: PaymentProvider,
  request: PaymentChange,
): Promise<PaymentState> {
  return await changePayment(em, provider, refundChange, request);
}

/** The rule of it. */
export const refundChange: ChangeKind = {
  kind: 'refund',
  amountOf: (payment, { amountMinor: requestedMinor }) => {
    if (payment.status !== 'captured') {
      throw new IllegalTransition('payment', payment.id, { from: payment.status, to: 'refunded' });
    }
    // What a dispute holds back has gone to the buyer already.
    const availableMinor =
      payment.capturedMinor - payment.refundedMinor - payment.refundingMinor - payment.disputedMinor;
    return { amountMinor: amountWithin('captured', { requestedMinor, availableMinor }) };
  },
};
