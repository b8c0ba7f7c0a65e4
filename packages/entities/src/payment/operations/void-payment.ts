import type { EntityManager } from '@mikro-orm/postgresql';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';
import { type ChangeKind, changePayment, type PaymentChange } from './change-payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { PaymentState } from './payment-state.ts';

/**
 * Releases an authorization of which nothing was captured. While goods of its order are still to be shipped (`confirmed`,
 * `partially_shipped`), the other payments must cover the order: cancel it, or authorize another payment first. Once all
 * was shipped, it gives up what was not captured.
 *
 * @throws UserError `invalid-input`, `payment-not-found`, `payment-provider-mismatch`, `transaction-open`,
 *   `idempotency-conflict`
 * @throws IllegalTransition `illegal-transition`: not authorized, being captured or voided, or the cover of an
 *   order that is still to be shipped
 * @throws PaymentDeclined `payment-declined`: the provider refused
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not answer
 * @throws UserError `payment-outcome-conflict`: a webhook has recorded another outcome
 */
export async function voidPayment(
  em: EntityManager,
  provider: PaymentProvider,
  request: Omit<PaymentChange, 'amountMinor'>,
): Promise<PaymentState> {
  return await changePayment(em, provider, voidChange, request);
}

/** The rule of it. */
export const voidChange: ChangeKind = {
  kind: 'void',
  amountOf: ({
    id,
    order,
    isVoiding,
    isRenewing,
    capturingMinor,
    status,
    authorizedMinor,
    chargedMinor,
    coverOfOthersMinor,
  }) => {
    const from = isVoiding
      ? 'being voided'
      : isRenewing
        ? 'being reauthorized'
        : capturingMinor > 0n
          ? 'being captured'
          : status;
    if (from !== 'authorized') throw new IllegalTransition('payment', id, { from, to: 'voided' });
    const isToBeShipped = order.status === 'confirmed' || order.status === 'partially_shipped';
    if (isToBeShipped && coverOfOthersMinor < chargedMinor) {
      throw new IllegalTransition('payment', id, {
        from: `the cover of an order that is ${order.status}`,
        to: 'voided',
      });
    }
    return { amountMinor: authorizedMinor };
  },
};
