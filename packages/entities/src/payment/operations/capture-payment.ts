import type { EntityManager } from '@mikro-orm/postgresql';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';
import { type ChangeKind, changePayment, type PaymentChange } from './change-payment.ts';
import { AmountExceeds } from './payment-errors.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { PaymentState } from './payment-state.ts';

/**
 * Takes authorized money, in parts where told. Parallel captures never take more than was authorized.
 *
 * @throws PaymentDeclined, PaymentOutcomeUnknown, AmountExceeds (what is authorized), IllegalTransition (the payment is
 *   not authorized, is being voided, or its order was cancelled), UserError `invalid-input`, `payment-not-found`,
 *   `payment-provider-mismatch`, `transaction-open`, `idempotency-conflict`
 */
export async function capturePayment(
  em: EntityManager,
  provider: PaymentProvider,
  request: PaymentChange,
): Promise<PaymentState> {
  return await changePayment(em, provider, { kind: 'capture', amountOf }, request);
}

const amountOf: ChangeKind['amountOf'] = (payment, paymentId, requestedMinor) => {
  const from = payment.isVoiding ? 'being voided' : payment.status;
  if (from !== 'authorized' && from !== 'captured') {
    throw new IllegalTransition('payment', paymentId, { from, to: 'captured' });
  }
  if (payment.order.status === 'cancelled') {
    throw new IllegalTransition('payment', paymentId, { from: 'of a cancelled order', to: 'captured' });
  }
  const availableMinor = payment.authorizedMinor - payment.capturedMinor - payment.capturingMinor;
  const amountMinor = requestedMinor ?? availableMinor;
  if (amountMinor > availableMinor || amountMinor <= 0n) {
    throw new AmountExceeds('authorized', { requestedMinor: amountMinor, availableMinor });
  }
  return amountMinor;
};
