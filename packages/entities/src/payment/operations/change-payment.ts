import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { reason } from '../../runtime/reason.ts';
import { positiveAmountMinor } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { findTransaction, insertTransaction } from './find-transaction.ts';
import { type LockedPayment, lockPayment } from './lock-payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { PaymentState } from './payment-state.ts';
import { requestKey } from './request-key.ts';
import { submitTransaction } from './submit-transaction.ts';

const paymentChange = z.strictObject({
  idempotencyKey: requestKey,
  paymentId: z.uuid(),
  amountMinor: positiveAmountMinor.optional(),
  reason,
});

/**
 * A capture, refund or void of a payment. `amountMinor` is by default all that is left. Its transaction keeps the `reason`,
 * and who asked for it (`actingAs`).
 */
export type PaymentChange = z.input<typeof paymentChange>;

/** A kind of change: `amountOf` refuses it, or returns how much it is. */
export interface ChangeKind {
  kind: 'capture' | 'refund' | 'void';
  amountOf(payment: LockedPayment, requestedMinor: bigint | undefined): bigint;
}

/** Asks the provider for a change of an authorized payment. */
export async function changePayment(
  em: EntityManager,
  provider: PaymentProvider,
  kind: ChangeKind,
  request: PaymentChange,
): Promise<PaymentState> {
  return await applyChange(em, provider, kind, parseInput(paymentChange, request));
}

/** {@link changePayment} of what is valid, its key may be one of the shop's own. */
export async function applyChange(
  em: EntityManager,
  provider: PaymentProvider,
  { kind, amountOf }: ChangeKind,
  { idempotencyKey, paymentId, amountMinor, reason }: z.output<typeof paymentChange>,
): Promise<PaymentState> {
  return await submitTransaction(em, provider, idempotencyKey, async (em) => {
    const payment = await lockPayment(em, paymentId);
    if (payment.provider !== provider.name) {
      throw new UserError(
        'payment-provider-mismatch',
        `Payment ${paymentId} was made with ${payment.provider}, not ${provider.name}.`,
        { hint: `Call it with the provider ${payment.provider}.` },
      );
    }
    const { order } = payment;
    const asked = {
      idempotencyKey,
      kind,
      orderId: order.id,
      paymentId,
      amountMinor,
      provider: provider.name,
    };
    const earlier = await findTransaction(em, asked);
    const amount = earlier?.amountMinor ?? amountOf(payment, amountMinor);
    if (earlier === undefined) {
      await insertTransaction(em, { paymentId, kind, amountMinor: amount, idempotencyKey, reason });
    }
    return {
      order,
      earlier,
      request: {
        kind,
        idempotencyKey,
        amountMinor: amount,
        currencyCode: order.currencyCode,
        paymentReference: payment.reference ?? '',
      },
    };
  });
}
