import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { outcome } from '../../../test/account.ts';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { sample } from '../../../test/operation-samples.ts';
import { useOrderShop } from '../../../test/order-shop.ts';
import {
  checkout,
  checkoutRequest,
  key,
  placePaidOrder,
  stockedVariant,
} from '../../../test/placed-order.ts';
import { customer } from '../../../test/promoted-shop.ts';
import {
  addToCart,
  authorizePayment,
  cancelLines,
  capturePayment,
  erasePerson,
  getOrder,
  onReader,
  openCart,
  type OrderRequest,
  refundPayment,
  returnLines,
  shipOrder,
} from '../../index.ts';

const { shop, em, provider } = useOrderShop();
const read = (input: OrderRequest) => getOrder(em(), input);

/** A customer's order of 2 engraved and 3 plain units of a variant, paid and captured; 2 and 1 of them shipped. */
async function wholeOrder() {
  const variantId = await stockedVariant(shop(), 9);
  const customerId = await customer(shop(), `${randomUUID()}@example.com`);
  const { id: cartId } = await openCart(em(), { customerId, currencyCode: 'EUR' });
  const properties = { engraving: 'Ann' };
  const { lineId } = await addToCart(em(), { cartId, variantId, quantity: 2, properties });
  await addToCart(em(), { cartId, variantId, quantity: 3 });
  const adjustments = [
    { kind: 'discount' as const, code: 'SALE', amountMinor: 300n, lineId },
    { kind: 'shipping' as const, code: 'post', amountMinor: 500n },
    { kind: 'tax' as const, code: 'VAT', amountMinor: 95n },
  ];
  const request = await checkoutRequest(shop(), cartId, { adjustments, metadata: { gift: true } });
  const { id: orderId, number } = await checkout(em(), request);
  const { paymentId } = await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
  await capturePayment(em(), provider, { ...key(), paymentId });
  const [engraved = '', plain = ''] = (await read({ orderId })).lines.map((line) => line.lineId);
  const { shipments } = await shipOrder(em(), {
    ...key(),
    orderId,
    lines: [
      { lineId: engraved, quantity: 2 },
      { lineId: plain, quantity: 1 },
    ],
    carrier: 'DHL',
    trackingNumber: '42',
  });
  await cancelLines(em(), { ...key(), orderId, lines: [{ lineId: plain, quantity: 1 }] });
  await returnLines(em(), { ...key(), orderId, lines: [{ lineId: engraved, quantity: 1 }], restock: false });
  await refundPayment(em(), provider, { ...key(), paymentId, amountMinor: 850n });
  return { orderId, number, customerId, variantId, paymentId, engraved, plain, shipments };
}

test('an order is read whole', async () => {
  const { orderId, number, customerId, variantId, paymentId, engraved, plain, shipments } =
    await wholeOrder();
  const line = { variantId, title: expect.any(String), variantTitle: 'Default', sku: expect.any(String) };
  const at = expect.any(Date);
  const address = { fullName: 'Ann', line1: '1 Main St', city: 'Springfield', countryCode: 'US' };
  const none = { company: null, line2: null, region: null, postalCode: null, phone: null };
  const transaction = {
    transactionId: expect.any(String),
    status: 'succeeded',
    settledMinor: null,
    providerReference: expect.any(String),
    failureReason: null,
    isExternal: false,
    createdAt: at,
    completedAt: at,
  };
  const order = await read({ orderId });
  expect(order).toEqual({
    id: orderId,
    number,
    customerId,
    email: 'ann@example.com',
    status: 'partially_shipped',
    currencyCode: 'EUR',
    subtotalMinor: 5000n,
    discountMinor: 300n,
    shippingMinor: 500n,
    taxMinor: 95n,
    totalMinor: 5295n,
    placedAt: at,
    updatedAt: at,
    metadata: { gift: true },
    lines: [
      {
        ...line,
        lineId: engraved,
        properties: { engraving: 'Ann' },
        quantity: 2,
        unitPriceMinor: 1000n,
        priceList: 'base',
        editNumber: null,
        totalMinor: 2000n,
        shipped: 2,
        cancelled: 0,
        returned: 1,
      },
      {
        ...line,
        lineId: plain,
        properties: {},
        quantity: 3,
        unitPriceMinor: 1000n,
        priceList: 'base',
        editNumber: null,
        totalMinor: 3000n,
        shipped: 1,
        cancelled: 1,
        returned: 0,
      },
    ],
    adjustments: [
      { kind: 'discount', code: 'SALE', amountMinor: 300n, lineId: engraved },
      { kind: 'shipping', code: 'post', amountMinor: 500n, lineId: null },
      { kind: 'tax', code: 'VAT', amountMinor: 95n, lineId: null },
    ],
    addresses: [
      { kind: 'billing', ...address, ...none },
      { kind: 'shipping', ...address, ...none },
    ],
    formerAddresses: [],
    payments: [
      {
        paymentId,
        provider: provider.name,
        providerReference: expect.any(String),
        status: 'captured',
        amountMinor: 5295n,
        authorizedMinor: 5295n,
        capturedMinor: 5295n,
        refundedMinor: 850n,
        disputedMinor: 0n,
        createdAt: at,
        transactions: [
          { ...transaction, kind: 'authorize', amountMinor: 5295n },
          { ...transaction, kind: 'capture', amountMinor: 5295n },
          { ...transaction, kind: 'refund', amountMinor: 850n },
        ],
      },
    ],
    shipments: [
      {
        shipmentId: shipments[0]?.shipmentId,
        locationId: expect.any(String),
        status: 'shipped',
        carrier: 'DHL',
        trackingNumber: '42',
        shippedAt: at,
        deliveredAt: null,
        lines: [
          { lineId: engraved, quantity: 2 },
          { lineId: plain, quantity: 1 },
        ],
      },
    ],
    edits: [],
    promotions: [],
    history: [
      { fromStatus: 'new', toStatus: 'pending', changedAt: at },
      { fromStatus: 'pending', toStatus: 'confirmed', changedAt: at },
      { fromStatus: 'confirmed', toStatus: 'partially_shipped', changedAt: at },
    ],
  });
  expect(await read({ number })).toEqual(order);
  expect(await onReader(em(), getOrder, { number, customerId })).toEqual(order);
  expect(await shop().countStatements(() => read({ orderId }))).toBe(1);
});

test('an order of somebody else is not found, as one that there is not', async () => {
  const { orderId, number, customerId } = await wholeOrder();
  const other = await customer(shop(), `${randomUUID()}@example.com`);
  const missing = randomUUID();
  const messageOf = (input: OrderRequest) =>
    read(input).catch((error: Error & { code?: string }) => `${error.code}: ${error.message}`);
  expect(await messageOf({ orderId, customerId: other })).toBe(
    `order-not-found: There is no order ${orderId}.`,
  );
  expect(await messageOf({ orderId: missing, customerId })).toBe(
    `order-not-found: There is no order ${missing}.`,
  );
  expect(await outcome(read({ number, customerId: other }))).toBe('order-not-found');
  expect(await outcome(read({ number: 2n ** 62n }))).toBe('order-not-found');
  expect(await outcome(read({ orderId, number }))).toBe('invalid-input');
  expect(await outcome(read({ customerId }))).toBe('invalid-input');
  const guest = await placePaidOrder(shop(), provider, { [await stockedVariant(shop(), 1)]: 1 });
  expect(await outcome(read({ orderId: guest.orderId, customerId }))).toBe('order-not-found');
});

test('of an erased buyer it has amounts, and nothing personal', async () => {
  const { orderId, customerId } = await wholeOrder();
  await erasePerson(em(), { customerId });
  expect(await read({ orderId })).toMatchObject({
    email: null,
    totalMinor: 5295n,
    metadata: {},
    lines: [{ properties: {} }, { properties: {} }],
    addresses: [
      { fullName: null, countryCode: 'US' },
      { fullName: null, countryCode: 'US' },
    ],
  });
});

test('read while it is paid and shipped, it is of one moment', async () => {
  const orders = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const cartId = await shop().cart({ [await stockedVariant(shop(), 3)]: 3 });
      return (await checkout(em(), await checkoutRequest(shop(), cartId))).id;
    }),
  );
  const work = { isDone: false };
  const reading = orders.map(async (orderId) => {
    const seen = new Set<string>();
    while (!work.isDone) {
      const { status, history, lines, payments, shipments } = await read({ orderId });
      seen.add(status);
      expect(history.at(-1)?.toStatus).toBe(status);
      const shipped = lines.reduce((sum, line) => sum + line.shipped, 0);
      const sent = shipments.flatMap((each) => each.lines).reduce((sum, { quantity }) => sum + quantity, 0);
      expect(sent).toBe(shipped);
      for (const { authorizedMinor, transactions } of payments) {
        const succeeded = transactions.filter((each) => each.status === 'succeeded');
        expect(authorizedMinor).toBe(succeeded.reduce((sum, { amountMinor }) => sum + amountMinor, 0n));
      }
    }
    return seen;
  });
  await Promise.all(
    orders.map(async (orderId) => {
      await authorizePayment(em(), provider, { ...key(), orderId, paymentMethod: 'tok' });
      await shipOrder(em(), { ...key(), orderId });
    }),
  ).finally(() => (work.isDone = true));
  expect((await Promise.all(reading)).every((seen) => seen.size > 0)).toBe(true);
});

fuzzOperation(
  'getOrder',
  shop,
  sample(getOrder, async () => {
    const { orderId, customerId } = await wholeOrder();
    return { orderId, customerId };
  }),
);
