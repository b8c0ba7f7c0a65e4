import { expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import { key, placePaidOrder, stockedVariant } from '../../../test/placed-order.ts';
import {
  actingAs,
  cancelLines,
  cancelOrder,
  capturePayment,
  type PaymentChange,
  receiveStock,
  refundPayment,
  returnLines,
  returnMoney,
  shipOrder,
  voidPayment,
  withRetry,
} from '../../index.ts';

const { shop, em, provider } = useOrderShop();

const paidOrder = async () =>
  await placePaidOrder(shop(), provider, { [await stockedVariant(shop(), 10)]: 3 });
const transactionsOf = async (paymentId: string) =>
  await shop().rows(`select kind, actor, reason from payment_transaction where payment_id = '${paymentId}'
    and kind <> 'authorize' order by created_at`);
const logOf = async (orderId: string) =>
  await shop().rows(`select action, actor, detail from audit_log where entity_id = '${orderId}' order by id`);

test('a refund has who asked for it and why, also when it is repeated by somebody else', async () => {
  const { paymentId } = await paidOrder();
  await capturePayment(em(), provider, { ...key(), paymentId });
  const refundAs = (actor: string) =>
    actingAs(actor, (em, request: PaymentChange) => refundPayment(em, provider, request));
  const request = { ...key(), paymentId, amountMinor: 1000n, reason: 'arrived broken' };
  const state = await withRetry(em(), refundAs('support:17'), request);
  expect(state).toMatchObject({ refundedMinor: 1000n });
  expect(await withRetry(em(), refundAs('support:18'), request)).toEqual(state);
  expect(await transactionsOf(paymentId)).toEqual([
    { kind: 'capture', actor: 'postgres', reason: null },
    { kind: 'refund', actor: 'support:17', reason: 'arrived broken' },
  ]);
  const inside = em().transactional((em) => refundAs('support:17')(em, { ...request, ...key() }));
  await expect(inside).rejects.toMatchObject({ code: 'transaction-open' });
});

test('a cancellation and the void that follows have who and why', async () => {
  const { orderId, paymentId } = await paidOrder();
  const giveUp = actingAs('support:17', async (em) => {
    await cancelOrder(em, { orderId, reason: 'changed their mind' });
    await returnMoney(em, provider, { orderId, reason: 'changed their mind' });
  });
  await giveUp(em(), undefined);
  const named = { actor: 'support:17', reason: 'changed their mind' };
  expect(await transactionsOf(paymentId)).toEqual([{ kind: 'void', ...named }]);
  expect(await logOf(orderId)).toEqual([
    { action: 'order.cancel', actor: 'support:17', detail: { reason: 'changed their mind' } },
  ]);
});

test('cancelled and returned units have who and why, in the audit log and the stock ledger', async () => {
  const { orderId, lineId } = await paidOrder();
  const lines = [{ lineId, quantity: 1 }];
  const work = actingAs('support:17', async (em) => {
    await cancelLines(em, { ...key(), orderId, lines, reason: 'ordered one too many' });
    await shipOrder(em, { ...key(), orderId });
    await returnLines(em, { ...key(), orderId, lines, restock: true, reason: 'too small' });
  });
  await work(em(), undefined);
  const actor = 'support:17';
  expect(await logOf(orderId)).toEqual([
    { action: 'order.cancel_lines', actor, detail: { lines, reason: 'ordered one too many' } },
    { action: 'order.return_lines', actor, detail: { lines, restock: true, reason: 'too small' } },
  ]);
  expect(
    await shop().rows(`select m.kind, m.actor, m.note from stock_movement m join stock_reservation r
      on r.id = m.reservation_id where r.order_line_id = '${lineId}' order by m.id`),
  ).toEqual([
    { kind: 'shipment', actor, note: null },
    { kind: 'return', actor, note: 'too small' },
  ]);
});

test('received goods have who received them', async () => {
  const variantId = await shop().offer(0);
  const [location] = await shop().rows<{ id: string }>(`select id from stock_location limit 1`);
  const receipt = { ...key(), locationId: location?.id ?? '', lines: [{ variantId, quantity: 2 }] };
  await actingAs('warehouse:3', receiveStock)(em(), { ...receipt, note: 'delivery 12' });
  expect(
    await shop().rows(`select actor, note from stock_movement where variant_id = '${variantId}'`),
  ).toEqual([{ actor: 'warehouse:3', note: 'delivery 12' }]);
});

test('a reason of no words is refused', async () => {
  const { paymentId } = await paidOrder();
  for (const reason of ['', 'x'.repeat(501)]) {
    const voided = voidPayment(em(), provider, { ...key(), paymentId, reason });
    await expect(voided).rejects.toMatchObject({ code: 'invalid-input' });
  }
});
