import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';
import { parseInput } from '../../parse-input.ts';
import { amountWithin } from './amount-within.ts';
import { applyChange, type ChangeKind, paymentChange } from './change-payment.ts';
import type { LockedPayment } from './lock-payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { PaymentState } from './payment-state.ts';
import { shipmentAmount } from './shipment-amount.ts';

const capture = paymentChange.extend({ shipmentId: z.uuid().optional() });

/**
 * What {@link capturePayment} takes. `amountMinor` is by default all that is left, or with a `shipmentId` what is left to
 * take for its goods: their share of what the order costs, with discounts, taxes and shipping. The last one takes what the
 * others have left, so that all together are the total less what was cancelled or credited.
 */
export type PaymentCapture = z.input<typeof capture>;

/**
 * Takes authorized money, all or a part of it. Concurrent captures never take more than was authorized, nor all payments
 * of an order together more than its total less what was credited, though one was authorized in the place of another.
 * The capture for the last shipment is final: what it leaves of the authorization is free. With a provider that lacks the
 * feature `multicapture` every capture is final, so that a shipment's is refused until it takes what all shipments of the
 * order are worth.
 *
 * @throws UserError `invalid-input`, `payment-not-found`, `payment-provider-mismatch`, `transaction-open`,
 *   `idempotency-conflict`; `shipment-not-found`: the order has no such shipment
 * @throws UserError `payment-feature-unsupported`: the provider captures an authorization once
 * @throws IllegalTransition `illegal-transition`: not authorized, being voided or reauthorized, or of a cancelled order
 * @throws AmountExceeds `amount-exceeds-authorized`: more than is left of the authorized amount; `amount-exceeds-due`:
 *   more than is left to pay of the order, or to take for the shipment
 * @throws PaymentDeclined `payment-declined`: the provider refused
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not answer
 * @throws UserError `payment-outcome-conflict`: a webhook has recorded another outcome
 */
export async function capturePayment(
  em: EntityManager,
  provider: PaymentProvider,
  request: PaymentCapture,
): Promise<PaymentState> {
  return await applyChange(em, provider, captureChange, parseInput(capture, request));
}

const captureChange: ChangeKind = {
  kind: 'capture',
  async amountOf(payment, { amountMinor: requestedMinor, shipmentId }, { em, provider }) {
    refuseCapture(payment);
    const { order } = payment;
    const isOnce = !provider.features?.includes('multicapture');
    if (isOnce && payment.capturedMinor + payment.capturingMinor > 0n)
      throw capturedOnce(provider, payment.id);
    const authorizedMinor =
      payment.hasEnded && payment.capturedMinor > 0n
        ? 0n
        : payment.authorizedMinor - payment.capturedMinor - payment.capturingMinor;
    const shipment =
      shipmentId === undefined ? undefined : await shipmentAmount(em, { orderId: order.id, shipmentId });
    const leftMinor = payment.chargedMinor - payment.takenForOrderMinor;
    const dueMinor =
      shipment !== undefined && shipment.availableMinor < leftMinor ? shipment.availableMinor : leftMinor;
    // Of a shipment that several payments pay, each is told how much it is.
    const amountMinor =
      dueMinor < authorizedMinor
        ? amountWithin('due', { requestedMinor, availableMinor: dueMinor })
        : amountWithin('authorized', {
            requestedMinor: requestedMinor ?? (shipment === undefined ? undefined : dueMinor),
            availableMinor: authorizedMinor,
          });
    const isLast = shipment?.isLast === true && amountMinor === dueMinor;
    if (isOnce && shipment !== undefined && !isLast) throw capturedOnce(provider, payment.id);
    return { amountMinor, isFinal: isOnce || isLast };
  },
};

function refuseCapture({ id, status, isVoiding, isRenewing, order }: LockedPayment): void {
  const from = isVoiding ? 'being voided' : isRenewing ? 'being reauthorized' : status;
  if (from !== 'authorized' && from !== 'captured') {
    throw new IllegalTransition('payment', id, { from, to: 'captured' });
  }
  if (order.status === 'cancelled') {
    throw new IllegalTransition('payment', id, { from: 'of a cancelled order', to: 'captured' });
  }
}

function capturedOnce({ name }: PaymentProvider, paymentId: string): UserError {
  return new UserError(
    'payment-feature-unsupported',
    `${name} captures a payment once, and then frees the rest: ${paymentId} cannot be captured in parts.`,
    {
      hint: 'Capture all with the first shipment, without its id, or take another payment with authorizePayment for what is left.',
    },
  );
}
