import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  checkout,
  checkoutRequest,
  expectInvariants,
  key,
  outcomes,
  placeOrder,
  placePaidOrder,
  stockedVariant,
} from '../../../test/placed-order.ts';
import {
  authorizePayment,
  cancelLines,
  capturePayment,
  handleWebhook,
  type PaymentProvider,
  refundOrder,
  refundPayment,
  shipOrder,
  sweepPendingTransactions,
} from '../../index.ts';
import { InMemoryPaymentProvider } from '../../testing/index.ts';

const { shop, em } = useOrderShop();

const newProvider = (features?: PaymentProvider['features']) =>
  new InMemoryPaymentProvider(randomUUID(), features === undefined ? {} : { features });

const immediately = (orderId: string, more = {}) => ({
  ...key(),
  orderId,
  paymentMethod: 'tok',
  capture: 'immediate' as const,
  ...more,
});

const taken = { status: 'captured', capturedMinor: 3000n, authorizedMinor: 3000n };
const order = async () => await placeOrder(shop(), { [await stockedVariant(shop(), 3)]: 3 });

test('an immediate capture is booked with its authorization, once, whoever brings the outcome', async () => {
  const provider = newProvider();
  for (const behaviour of [undefined, 'lose-answer', 'answer-later'] as const) {
    const { orderId } = await order();
    if (behaviour !== undefined) provider.behave(behaviour);
    const request = immediately(orderId);
    await outcomes([authorizePayment(em(), provider, request)]);
    await Promise.all([
      ...provider.webhooks.slice(-1).map((each) => handleWebhook(em(), provider, each)),
      sweepPendingTransactions(em(), provider, { minAgeMs: 0 }),
    ]);
    expect(await authorizePayment(em(), provider, request)).toMatchObject({
      ...taken,
      orderStatus: 'confirmed',
    });
    expect(
      await shop().rows(`select topic from outbox_event where aggregate_id = '${orderId}' order by id`),
    ).toEqual(
      ['order.placed', 'payment.authorized', 'payment.captured', 'order.confirmed'].map((topic) => ({
        topic,
      })),
    );
  }
  expect(provider.totals()).toMatchObject({ authorizedMinor: 9000n, capturedMinor: 9000n });
});

test('a provider that captures more or less at once than it was asked is booked as it did', async () => {
  const answering = (capturedMinor: bigint): PaymentProvider =>
    Object.assign(Object.create(newProvider()), {
      submit: async () => ({ status: 'succeeded', reference: randomUUID(), capturedMinor }),
    });
  const less = await authorizePayment(em(), answering(1000n), immediately((await order()).orderId));
  expect(less).toMatchObject({ ...taken, capturedMinor: 1000n, orderStatus: 'confirmed' });
  const more = await authorizePayment(em(), answering(3001n), immediately((await order()).orderId));
  expect(more).toMatchObject(taken);
});

test('two payments that are captured at once and that the buyer completes both are told', async () => {
  const provider = newProvider();
  const { orderId } = await order();
  provider.behave('require-action', 'require-action');
  const requests = [immediately(orderId), immediately(orderId)];
  for (const request of requests) await authorizePayment(em(), provider, request);
  for (const { idempotencyKey } of requests) provider.act(idempotencyKey);
  await Promise.all(provider.webhooks.map((each) => handleWebhook(em(), provider, each)));
  const [told] = await shop().rows<{ id: string; minor: string }>(
    `select payload->>'paymentId' as id, payload->>'overpaidMinor' as minor from outbox_event
     where aggregate_id = '${orderId}' and topic = 'order.overpaid'`,
  );
  expect(told?.minor).toBe('3000');
  await refundPayment(em(), provider, { ...key(), paymentId: told?.id ?? '' });
  await expectInvariants(shop());
});

/** An order of lines at 10.00 EUR each, with a discount, shipping and taxes that divide by nothing. */
async function oddOrder(...units: number[]) {
  const provider = newProvider();
  const quantities: Record<string, number> = {};
  for (const each of units) quantities[await stockedVariant(shop(), each)] = each;
  const cartId = await shop().cart(quantities);
  const adjustments = [
    { kind: 'discount' as const, code: 'd', amountMinor: 101n },
    { kind: 'shipping' as const, code: 's', amountMinor: 499n },
    { kind: 'tax' as const, code: 't', amountMinor: 347n },
  ];
  const placed = await checkout(em(), await checkoutRequest(shop(), cartId, { adjustments }));
  const { paymentId } = await authorizePayment(em(), provider, {
    ...key(),
    orderId: placed.id,
    paymentMethod: 'tok',
  });
  const lines = await shop().rows<{ id: string; quantity: number }>(
    `select id, quantity from order_line where order_id = '${placed.id}' order by position`,
  );
  const ship = async (...quantities: number[]) => {
    const wanted = quantities.map((quantity, index) => ({ lineId: lines[index]?.id ?? '', quantity }));
    const shipped = await shipOrder(em(), {
      ...key(),
      orderId: placed.id,
      lines: wanted.filter(({ quantity }) => quantity > 0),
    });
    return shipped.shipments[0]?.shipmentId ?? '';
  };
  return { provider, orderId: placed.id, totalMinor: placed.totalMinor, paymentId, ship, lines };
}

test.each([
  { what: 'in the order of the shipments', captured: [0, 1, 2] },
  { what: 'in another order', captured: [2, 0, 1] },
])('the captures of all shipments are the total, $what, each once', async ({ captured }) => {
  const { provider, totalMinor, paymentId, ship } = await oddOrder(3, 7, 1);
  const shipments = [await ship(1, 2, 1), await ship(1, 2, 0), await ship(1, 3, 0)];
  for (const index of captured) {
    const shipmentId = shipments[index] ?? '';
    // Twice at once, with different keys.
    const twice = [0, 1].map(() => capturePayment(em(), provider, { ...key(), paymentId, shipmentId }));
    expect(await outcomes(twice)).toEqual([expect.stringMatching(/^amount-exceeds/), 'done']);
  }
  expect(provider.totals().capturedMinor).toBe(totalMinor);
});

test('the capture for the last shipment frees what was cancelled, at the provider and here', async () => {
  const { provider, totalMinor, paymentId, orderId, ship, lines } = await oddOrder(3, 7);
  const first = await ship(3, 2);
  const { capturedMinor } = await capturePayment(em(), provider, { ...key(), paymentId, shipmentId: first });
  const cancelled = [{ lineId: lines[1]?.id ?? '', quantity: 1 }];
  await cancelLines(em(), { ...key(), orderId, lines: cancelled });
  const last = await ship(0, 4);
  const final = { ...key(), paymentId, shipmentId: last };
  provider.behave('lose-answer');
  expect(await outcomes([capturePayment(em(), provider, final)])).toEqual(['payment-outcome-unknown']);
  const state = await capturePayment(em(), provider, final);
  expect(state.capturedMinor).toBeGreaterThan(capturedMinor);
  expect(state.capturedMinor).toBeLessThan(totalMinor);
  expect(state.captureBefore).toBeInstanceOf(Date);
  expect(await outcomes([capturePayment(em(), provider, { ...key(), paymentId })])).toEqual([
    'amount-exceeds-authorized',
  ]);
});

test.each([
  { what: 'and credited at once', captured: [0, 1, 2], isCredited: true },
  { what: 'and credited later', captured: [0, 1, 2], isCredited: false },
  { what: 'the last shipment first', captured: [2, 0, 1], isCredited: true },
  { what: 'the first shipment last', captured: [1, 2, 0], isCredited: false },
])('what shipments capture around a cancellation is what the order costs: $what', async (given) => {
  const { provider, totalMinor, paymentId, orderId, ship, lines } = await oddOrder(3, 7);
  const capture = async (shipmentId: string) =>
    await capturePayment(em(), provider, { ...key(), paymentId, shipmentId });
  const shipments = [await ship(1, 2)];
  if (given.captured[0] === 0) await capture(shipments[0] ?? '');
  const cancelled = { orderId, lines: [{ lineId: lines[1]?.id ?? '', quantity: 3 }] };
  const { cancelledMinor } = await cancelLines(em(), { ...key(), ...cancelled });
  if (given.isCredited) await refundOrder(em(), provider, { ...key(), ...cancelled });
  shipments.push(await ship(1, 1), await ship(1, 1));
  for (const index of given.captured) {
    if (index > 0 || given.captured[0] !== 0) await capture(shipments[index] ?? '');
  }
  expect(provider.totals().capturedMinor).toBe(totalMinor - cancelledMinor);
  if (!given.isCredited) await refundOrder(em(), provider, { ...key(), ...cancelled });
  expect(provider.totals()).toMatchObject({ refundedMinor: 0n });
});

test('a shipment that two payments pay is captured from both', async () => {
  const provider = newProvider();
  const { orderId } = await order();
  const pay = (amountMinor: bigint) =>
    authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok', amountMinor });
  const [one, other] = [await pay(1000n), await pay(2000n)];
  const { shipments } = await shipOrder(em(), { ...key(), orderId });
  const shipmentId = shipments[0]?.shipmentId ?? '';
  const capture = (paymentId: string, amountMinor?: bigint) =>
    capturePayment(em(), provider, {
      ...key(),
      paymentId,
      shipmentId,
      ...(amountMinor ? { amountMinor } : {}),
    });
  await expect(capture(one.paymentId)).rejects.toMatchObject({
    code: 'amount-exceeds-authorized',
    requestedMinor: 3000n,
    availableMinor: 1000n,
  });
  await capture(one.paymentId, 1000n);
  expect(await capture(other.paymentId)).toMatchObject({ capturedMinor: 2000n });
});

test('a provider that captures once is not asked for a second part', async () => {
  const provider = newProvider([]);
  const { orderId, paymentId, lineId } = await placePaidOrder(shop(), provider, {
    [await stockedVariant(shop(), 3)]: 3,
  });
  const part = async (quantity: number) => {
    const lines = [{ lineId, quantity }];
    const { shipments } = await shipOrder(em(), { ...key(), orderId, lines });
    return shipments[0]?.shipmentId ?? '';
  };
  const shipmentId = await part(1);
  await expect(capturePayment(em(), provider, { ...key(), paymentId, shipmentId })).rejects.toMatchObject({
    code: 'payment-feature-unsupported',
    hint: expect.stringContaining('without its id'),
  });
  expect(await capturePayment(em(), provider, { ...key(), paymentId, amountMinor: 2000n })).toMatchObject({
    capturedMinor: 2000n,
  });
  expect(await outcomes([capturePayment(em(), provider, { ...key(), paymentId })])).toEqual([
    'payment-feature-unsupported',
  ]);
  // As the hint says.
  const rest = { ...key(), orderId, paymentMethod: 'tok', amountMinor: 1000n };
  const second = await authorizePayment(em(), provider, rest);
  await part(2);
  expect(await capturePayment(em(), provider, { ...key(), paymentId: second.paymentId })).toMatchObject({
    capturedMinor: 1000n,
  });
});

test('a shipment of another order is none of this one', async () => {
  const provider = newProvider();
  const { paymentId } = await oddOrder(1);
  const other = await oddOrder(1);
  const shipmentId = await other.ship(1);
  expect(
    await outcomes([
      capturePayment(em(), other.provider, {
        ...key(),
        paymentId: other.paymentId,
        shipmentId: randomUUID(),
      }),
      capturePayment(em(), provider, { ...key(), paymentId, shipmentId }),
    ]),
  ).toEqual(['payment-provider-mismatch', 'shipment-not-found']);
});
