import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';
import { type ChangeKind, changePayment, type PaymentChange } from './change-payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { PaymentState } from './payment-state.ts';

/**
 * Renews an authorization of which nothing was captured, before or after it has ended, where the provider can (feature
 * `reauthorize`). The payment keeps its amount, and has the new reference and `captureBefore` of the provider's answer. A
 * refusal leaves it as it was. The sweep does this by itself for what ends soon.
 *
 * @throws UserError `invalid-input`, `payment-not-found`, `payment-provider-mismatch`, `transaction-open`,
 *   `idempotency-conflict`
 * @throws UserError `payment-feature-unsupported`: the provider renews no authorization
 * @throws IllegalTransition `illegal-transition`: not authorized, being captured, voided or reauthorized, or of an order
 *   that is cancelled or returned
 * @throws PaymentDeclined `payment-declined`: the provider refused
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not answer
 * @throws UserError `payment-outcome-conflict`: the new reference is that of another payment
 */
export async function reauthorizePayment(
  em: EntityManager,
  provider: PaymentProvider,
  request: Omit<PaymentChange, 'amountMinor'>,
): Promise<PaymentState> {
  return await changePayment(em, provider, reauthorizeChange, request);
}

/** The rule of it. */
export const reauthorizeChange: ChangeKind = {
  kind: 'reauthorize',
  amountOf(payment, _asked, { provider }) {
    const { id, order, status, authorizedMinor, capturingMinor, isVoiding, isRenewing } = payment;
    const from = isVoiding
      ? 'being voided'
      : isRenewing
        ? 'being reauthorized'
        : capturingMinor > 0n
          ? 'being captured'
          : status;
    if (from !== 'authorized') throw new IllegalTransition('payment', id, { from, to: 'reauthorized' });
    if (order.status === 'cancelled' || order.status === 'returned') {
      throw new IllegalTransition('payment', id, {
        from: `of an order that is ${order.status}`,
        to: 'reauthorized',
      });
    }
    if (!provider.features?.includes('reauthorize')) {
      throw new UserError('payment-feature-unsupported', `${provider.name} renews no authorization.`, {
        hint: 'Take another payment for the order with authorizePayment and its amountMinor.',
      });
    }
    return { amountMinor: authorizedMinor };
  },
};
