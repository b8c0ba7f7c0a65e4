import { describe, expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import { key, placeOrder, stockedVariant, superuser } from '../../../test/placed-order.ts';
import {
  authorizePayment,
  capturePayment,
  confirmOrder,
  refundPayment,
  shipOrder,
  sweepPendingTransactions,
  voidPayment,
} from '../../index.ts';
import { InMemoryPaymentProvider } from '../../testing/index.ts';

const { shop, em } = useOrderShop();

/** A pending order of 20.00, 10.00 of which were captured and refunded. */
async function halfRefundedOrder(provider: InMemoryPaymentProvider) {
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 2)]: 2 });
  const pay = (amountMinor: bigint) =>
    authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok', amountMinor });
  const { paymentId } = await pay(1000n);
  await capturePayment(em(), provider, { ...key(), paymentId });
  await refundPayment(em(), provider, { ...key(), paymentId });
  return { orderId, pay };
}

describe('refunded money', () => {
  test('does not cover an order, and can be paid again', async () => {
    const provider = new InMemoryPaymentProvider();
    const { orderId, pay } = await halfRefundedOrder(provider);
    expect((await pay(1000n)).orderStatus).toBe('pending');
    await expect(confirmOrder(em(), { orderId })).rejects.toMatchObject({ code: 'order-not-covered' });
    await expect(shipOrder(em(), { ...key(), orderId })).rejects.toMatchObject({ code: 'order-not-open' });
    await expect(pay(1001n)).rejects.toMatchObject({ code: 'amount-exceeds-due' });
    expect((await pay(1000n)).orderStatus).toBe('confirmed');
  });

  test('covers nothing while it is being refunded', async () => {
    const provider = new InMemoryPaymentProvider();
    const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 2)]: 2 });
    const pay = (amountMinor: bigint) =>
      authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok', amountMinor });
    const { paymentId } = await pay(1000n);
    await capturePayment(em(), provider, { ...key(), paymentId });
    const app = await superuser(shop());
    await app.query(`insert into payment_transaction (payment_id, kind, amount_minor, idempotency_key)
      values ('${paymentId}', 'refund', 1000, '${paymentId}')`);
    expect((await pay(1000n)).orderStatus).toBe('pending');
    await app.query(`update payment_transaction set status = 'failed', completed_at = now()
      where idempotency_key = '${paymentId}'`);
    expect(await confirmOrder(em(), { orderId })).toMatchObject({ status: 'confirmed' });
  });

  test('lets no other payment be voided while it is being refunded', async () => {
    const provider = new InMemoryPaymentProvider();
    const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 2)]: 2 });
    const pay = (amountMinor: bigint) =>
      authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok', amountMinor });
    const { paymentId: refused } = await pay(2000n);
    provider.behave('decline');
    const capture = (paymentId: string) => capturePayment(em(), provider, { ...key(), paymentId });
    await expect(capture(refused)).rejects.toMatchObject({ code: 'payment-declined' });
    const { paymentId: other } = await pay(2000n);
    await capture(other);
    provider.behave('answer-later');
    await refundPayment(em(), provider, { ...key(), paymentId: other });
    const giveUp = voidPayment(em(), provider, { ...key(), paymentId: refused });
    await expect(giveUp).rejects.toMatchObject({ code: 'illegal-transition' });
    await sweepPendingTransactions(em(), provider, { minAgeMs: 0 });
  });
});
