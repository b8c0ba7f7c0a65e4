import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { sample } from '../../../test/operation-samples.ts';
import { useOrderShop } from '../../../test/order-shop.ts';
import { key, outcomes, placeOrder, placePaidOrder, stockedVariant } from '../../../test/placed-order.ts';
import {
  authorizePayment,
  cancelOrder,
  capturePayment,
  reauthorizePayment,
  sweepPendingTransactions,
  voidPayment,
} from '../../index.ts';
import { InMemoryPaymentProvider } from '../../testing/index.ts';

const { shop, em, provider: unlimited } = useOrderShop();

const hourMs = 3_600_000;
const lasting = (authorizationMs: number, more = {}) =>
  new InMemoryPaymentProvider(randomUUID(), { authorizationMs, ...more });
const paid = async (provider: InMemoryPaymentProvider) =>
  await placePaidOrder(shop(), provider, { [await stockedVariant(shop(), 3)]: 3 });
const paymentOf = async (paymentId: string) => {
  const [row] = await shop().rows<{ reference: string; before: Date; authorized: string }>(
    `select provider_reference as reference, capture_before as before, authorized_minor as authorized
     from payment where id = '${paymentId}'`,
  );
  if (row === undefined) throw new Error('no payment');
  return row;
};

fuzzOperation(
  'reauthorizePayment',
  shop,
  sample(
    (em, input: Parameters<typeof reauthorizePayment>[2]) => reauthorizePayment(em, unlimited, input),
    async (shop) => {
      const { paymentId } = await placePaidOrder(shop, unlimited, { [await stockedVariant(shop, 3)]: 3 });
      return { ...key(), paymentId, reason: 'ends soon' };
    },
  ),
);

test('a renewal has a new reference and end, keeps the amount, and can be captured', async () => {
  const provider = lasting(hourMs);
  const { paymentId } = await paid(provider);
  const before = await paymentOf(paymentId);
  const request = { ...key(), paymentId };
  provider.behave('lose-answer');
  expect(await outcomes([reauthorizePayment(em(), provider, request)])).toEqual(['payment-outcome-unknown']);
  expect(await outcomes([capturePayment(em(), provider, { ...key(), paymentId })])).toEqual([
    'illegal-transition',
  ]);
  expect(await outcomes([voidPayment(em(), provider, { ...key(), paymentId })])).toEqual([
    'illegal-transition',
  ]);
  await Promise.all([1, 2, 3].map(() => reauthorizePayment(em(), provider, request)));
  const after = await paymentOf(paymentId);
  expect(after.authorized).toBe('3000');
  expect(after.reference).not.toBe(before.reference);
  expect(+new Date(after.before)).toBeGreaterThan(+new Date(before.before));
  expect(await capturePayment(em(), provider, { ...key(), paymentId })).toMatchObject({
    capturedMinor: 3000n,
  });
  expect(await outcomes([reauthorizePayment(em(), provider, { ...key(), paymentId })])).toEqual([
    'illegal-transition',
  ]);
});

test('a refusal leaves the authorization as it was; another order, state or provider is refused', async () => {
  const provider = lasting(hourMs);
  const { paymentId, orderId } = await paid(provider);
  const before = await paymentOf(paymentId);
  provider.behave('decline');
  expect(await outcomes([reauthorizePayment(em(), provider, { ...key(), paymentId })])).toEqual([
    'payment-declined',
  ]);
  expect(await paymentOf(paymentId)).toEqual(before);
  await cancelOrder(em(), { orderId });
  expect(await outcomes([reauthorizePayment(em(), provider, { ...key(), paymentId })])).toEqual([
    'illegal-transition',
  ]);
  const plain = lasting(hourMs, { features: [] });
  const other = await paid(plain);
  expect(await outcomes([reauthorizePayment(em(), plain, { ...key(), paymentId: other.paymentId })])).toEqual(
    ['payment-feature-unsupported'],
  );
});

test('the sweep renews what ends soon, once for all sweepers, and tells what it cannot', async () => {
  const able = lasting(hourMs);
  const { paymentId } = await paid(able);
  const reports = await Promise.all([1, 2, 3, 4].map(() => sweepPendingTransactions(em(), able)));
  expect(
    reports.flatMap(({ errors }) =>
      errors.filter(({ error }) => !/being re|reauthorized/.test(String(error))),
    ),
  ).toEqual([]);
  const sent = await shop().rows(
    `select from payment_transaction where payment_id = '${paymentId}' and kind = 'reauthorize'`,
  );
  expect(sent.length).toBeGreaterThanOrEqual(1);
  expect((await sweepPendingTransactions(em(), able, { expiringWithinMs: 1000 })).expiring).toEqual([]);

  const plain = lasting(hourMs, { features: [] });
  const told = await paid(plain);
  expect((await sweepPendingTransactions(em(), plain)).expiring).toMatchObject([
    { paymentId: told.paymentId, orderId: told.orderId },
  ]);
  expect((await sweepPendingTransactions(em(), plain, { expiringWithinMs: 0 })).expiring).toEqual([]);
  await capturePayment(em(), plain, { ...key(), paymentId: told.paymentId });
  expect((await sweepPendingTransactions(em(), plain)).expiring).toEqual([]);
});

test('a refused renewal is tried three times', async () => {
  const provider = lasting(hourMs);
  const { paymentId } = await paid(provider);
  provider.behave(...Array<'decline'>(9).fill('decline'));
  for (let sweep = 0; sweep < 5; sweep++) {
    expect((await sweepPendingTransactions(em(), provider)).expiring).toMatchObject([{ paymentId }]);
  }
  const sent = await shop().rows(
    `select from payment_transaction where payment_id = '${paymentId}' and kind = 'reauthorize'`,
  );
  expect(sent).toHaveLength(3);
});

test('an authorization that has ended covers no order: not here, and not by plain SQL', async () => {
  const provider = lasting(-1000);
  const { orderId } = await placeOrder(shop(), { [await stockedVariant(shop(), 3)]: 3 });
  const pay = (amountMinor = 3000n) =>
    authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok', amountMinor });
  const { paymentId, orderStatus } = await pay();
  expect(orderStatus).toBe('pending');
  await expect(
    shop().rows(`update sales_order set status = 'confirmed' where id = '${orderId}'`),
  ).rejects.toThrow(/cover 0 of 3000/);
  // Another payment takes its place, or a renewal.
  const fresh = lasting(hourMs);
  Object.assign(fresh, { name: provider.name });
  const again = await authorizePayment(em(), fresh, { ...key(), orderId, paymentMethod: 'tok' });
  expect(again).toMatchObject({ orderStatus: 'confirmed' });
  await sweepPendingTransactions(em(), provider, { minAgeMs: 0 });
  expect(await shop().rows(`select status from payment where id = '${paymentId}'`)).toEqual([
    { status: 'voided' },
  ]);
});
