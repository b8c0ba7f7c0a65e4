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

/** What every change takes. */
export const paymentChange = z.strictObject({
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

/** What is asked for. */
export interface AskedChange {
  amountMinor?: bigint | undefined;
  /** Of a capture: whose goods it takes the money of. */
  shipmentId?: string | undefined;
}

/** How much a change is, and of a capture whether it is the last one. */
interface ChangeAmount {
  amountMinor: bigint;
  isFinal?: boolean;
}

/** A kind of change: `amountOf` refuses it, or returns how much it is. */
export interface ChangeKind {
  kind: 'capture' | 'refund' | 'void' | 'reauthorize';
  amountOf(
    payment: LockedPayment,
    asked: AskedChange,
    context: { em: EntityManager; provider: PaymentProvider },
  ): ChangeAmount | Promise<ChangeAmount>;
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
  {
    idempotencyKey,
    paymentId,
    amountMinor,
    reason,
    shipmentId,
  }: z.output<typeof paymentChange> & AskedChange,
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
      shipmentId,
    };
    const earlier = await findTransaction(em, asked);
    const change = earlier ?? (await amountOf(payment, { amountMinor, shipmentId }, { em, provider }));
    const amount = { amountMinor: change.amountMinor, isFinal: change.isFinal };
    if (earlier === undefined) {
      await insertTransaction(em, { paymentId, kind, ...amount, idempotencyKey, reason, shipmentId });
    }
    return {
      order,
      earlier,
      request: {
        kind,
        idempotencyKey,
        amountMinor: amount.amountMinor,
        currencyCode: order.currencyCode,
        paymentReference: payment.reference ?? '',
        ...(kind === 'capture' && amount.isFinal ? { isFinal: true } : {}),
      },
    };
  });
}
