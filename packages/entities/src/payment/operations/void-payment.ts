import type { EntityManager } from '@mikro-orm/postgresql';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';
import { type ChangeKind, changePayment, type PaymentChange } from './change-payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { PaymentState } from './payment-state.ts';

/**
 * Releases an authorization of which nothing was captured. Its order must be pending or cancelled: a confirmed one would
 * no longer be covered, so cancel it first.
 *
 * @throws UserError `invalid-input`, `payment-not-found`, `payment-provider-mismatch`, `transaction-open`,
 *   `idempotency-conflict`
 * @throws IllegalTransition `illegal-transition`: not authorized, being captured or voided, or the cover of a confirmed
 *   order
 * @throws PaymentDeclined `payment-declined`: the provider refused
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not answer
 * @throws UserError `payment-outcome-conflict`: a webhook has recorded another outcome
 */
export async function voidPayment(
  em: EntityManager,
  provider: PaymentProvider,
  request: Omit<PaymentChange, 'amountMinor'>,
): Promise<PaymentState> {
  return await changePayment(em, provider, { kind: 'void', amountOf }, request);
}

const amountOf: ChangeKind['amountOf'] = ({
  id,
  order,
  isVoiding,
  capturingMinor,
  status,
  authorizedMinor,
}) => {
  const from = isVoiding ? 'being voided' : capturingMinor > 0n ? 'being captured' : status;
  if (from !== 'authorized') throw new IllegalTransition('payment', id, { from, to: 'voided' });
  if (order.status !== 'pending' && order.status !== 'cancelled') {
    throw new IllegalTransition('payment', id, {
      from: `the cover of an order that is ${order.status}`,
      to: 'voided',
    });
  }
  return authorizedMinor;
};
