import { randomUUID } from 'node:crypto';
import {
  authorizePayment,
  cancelOrder,
  capturePayment,
  type PaymentAuthorization,
  type PaymentChange,
  type PlacedOrder,
  refundPayment,
  shipOrder,
  voidPayment,
} from '@ecommerce-dms/entities';
import type { InMemoryPaymentProvider } from '@ecommerce-dms/entities/testing';
import type { Buyer } from './buyer.ts';
import { random } from './random.ts';

/** Counts an operation, and what became of it; undefined when it was refused. */
export type Done = <Result>(operation: () => Promise<Result>) => Promise<Result | undefined>;

/**
 * What happens to an order: one in five stays unpaid, one in five is paid and cancelled, and the others are paid,
 * taken, shipped, and now and then refunded.
 */
export async function followUp(
  order: PlacedOrder,
  { buyer, provider, done }: { buyer: Buyer; provider: InMemoryPaymentProvider; done: Done },
): Promise<void> {
  const fate = random(5);
  if (fate === 0) return;
  const change = (
    operation: typeof capturePayment,
    paymentId: string,
    amountMinor?: bigint,
  ): Promise<unknown> =>
    done(() =>
      buyer.run((em, input: PaymentChange) => operation(em, provider, input), {
        idempotencyKey: randomUUID(),
        paymentId,
        ...(amountMinor === undefined ? {} : { amountMinor }),
      }),
    );
  const payment = await done(() =>
    buyer.run((em, input: PaymentAuthorization) => authorizePayment(em, provider, input), {
      idempotencyKey: randomUUID(),
      orderId: order.id,
      paymentMethod: 'card',
    }),
  );
  if (payment === undefined) return;
  if (fate === 1) {
    await done(() => buyer.run(cancelOrder, { orderId: order.id }, { idempotent: true }));
    await change(voidPayment, payment.paymentId);
    return;
  }
  await change(capturePayment, payment.paymentId);
  await done(() => buyer.run(shipOrder, { idempotencyKey: randomUUID(), orderId: order.id }));
  if (fate === 2) await change(refundPayment, payment.paymentId, 1n);
}
