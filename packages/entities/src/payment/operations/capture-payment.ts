import type { EntityManager } from '@mikro-orm/postgresql';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';
import { amountWithin } from './amount-within.ts';
import { type ChangeKind, changePayment, type PaymentChange } from './change-payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { PaymentState } from './payment-state.ts';

/**
 * Takes authorized money, all or a part of it. Concurrent captures never take more than was authorized, nor all payments
 * of an order together more than its total less what was credited, though one was authorized in the place of another.
 *
 * @throws UserError `invalid-input`, `payment-not-found`, `payment-provider-mismatch`, `transaction-open`,
 *   `idempotency-conflict`
 * @throws IllegalTransition `illegal-transition`: not authorized, being voided, or of a cancelled order
 * @throws AmountExceeds `amount-exceeds-authorized`: more than is left of the authorized amount; `amount-exceeds-due`:
 *   more than is left to pay of the order
 * @throws PaymentDeclined `payment-declined`: the provider refused
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not answer
 * @throws UserError `payment-outcome-conflict`: a webhook has recorded another outcome
 */
export async function capturePayment(
  em: EntityManager,
  provider: PaymentProvider,
  request: PaymentChange,
): Promise<PaymentState> {
  return await changePayment(em, provider, { kind: 'capture', amountOf }, request);
}

const amountOf: ChangeKind['amountOf'] = (payment, requestedMinor) => {
  const from = payment.isVoiding ? 'being voided' : payment.status;
  if (from !== 'authorized' && from !== 'captured') {
    throw new IllegalTransition('payment', payment.id, { from, to: 'captured' });
  }
  if (payment.order.status === 'cancelled') {
    throw new IllegalTransition('payment', payment.id, { from: 'of a cancelled order', to: 'captured' });
  }
  const authorizedMinor = payment.authorizedMinor - payment.capturedMinor - payment.capturingMinor;
  const dueMinor = payment.chargedMinor - payment.takenForOrderMinor;
  return dueMinor < authorizedMinor
    ? amountWithin('due', { requestedMinor, availableMinor: dueMinor })
    : amountWithin('authorized', { requestedMinor, availableMinor: authorizedMinor });
};
