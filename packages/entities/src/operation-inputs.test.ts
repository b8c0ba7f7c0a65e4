import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fuzzOperation } from '../test/fuzz-operation.ts';
import { useOpenShop } from '../test/open-shop.ts';
import {
  type MakeSample,
  type OperationName,
  operationSamples,
  otherFunctions,
  runners,
} from '../test/operation-samples.ts';
import { addressOf } from '../test/open-person.ts';
import {
  checkout,
  checkoutRequest,
  key,
  locationId,
  quoteCart,
  stockedVariant,
} from '../test/placed-order.ts';
import { maxAmountMinor } from './bounds.ts';
import * as entities from './index.ts';
import { pageCursor } from './runtime/page-cursor.ts';

const shop = useOpenShop();
const samples = Object.entries(operationSamples) as [OperationName, MakeSample][];
/** Made with calculators, and not exported. */
const boundOperations = {
  ...entities.checkoutWith({ shipping: entities.noCharges, tax: entities.noCharges }),
  ...entities.orderEditsWith({ tax: entities.noCharges }),
};

test('every exported function is an operation that is tested with a sample, or named as something else', () => {
  const functions = Object.entries(entities)
    .filter(([, each]) => typeof each === 'function' && !/^class\b/.test(String(each)))
    .map(([name]) => name);
  const exported = samples.map(([name]) => name).filter((name) => !(name in boundOperations));
  const inTheirTests = globSync('*/operations/*.test.ts', { cwd: import.meta.dirname }).flatMap((file) =>
    [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(/\bfuzzOperation\(\s*'(\w+)'/g)].map(
      ([, name = '']) => name,
    ),
  );
  expect([...exported, ...inTheirTests, ...runners, ...otherFunctions].toSorted()).toEqual(
    functions.toSorted(),
  );
});

for (const [name, makeSample] of samples) fuzzOperation(name, shop, makeSample);

const { searchOrders, receiveStock, registerCustomer, searchProducts, withRetry } = entities;
const refused = (code: string) => expect.objectContaining({ name: 'UserError', code });

test('a receipt that would exceed an integer is refused, and the others stay', async () => {
  const variantId = await stockedVariant(shop(), 1);
  const receive = async () =>
    await receiveStock(shop().em(), {
      ...key(),
      locationId: await locationId(shop()),
      lines: [{ variantId, quantity: 1_000_000_000 }],
    });
  await receive();
  await receive();
  await expect(receive()).rejects.toEqual(refused('number-too-large'));
  const levels = await shop().rows(`select on_hand from stock_level where variant_id = '${variantId}'`);
  expect(levels).toEqual([{ on_hand: 2_000_000_001 }]);
});

test('an order beyond every bound is refused, and its cart stays open', async () => {
  const variantId = await stockedVariant(shop(), 9);
  const cartId = await shop().cart({ [variantId]: 3 });
  await shop().rows(
    `update price set amount_minor = ${2n ** 62n} where variant_id = '${variantId}' returning id`,
  );
  await shop().rows(
    `update cart_line set unit_price_minor = ${2n ** 62n} where cart_id = '${cartId}' returning quantity`,
  );
  const quote = await quoteCart(shop().em(), { cartId, destination: { countryCode: 'US' } });
  expect(quote).toMatchObject({ totalMinor: 3n * 2n ** 62n });
  const request = await checkoutRequest(shop(), cartId, { expectedTotalMinor: maxAmountMinor });
  await expect(withRetry(shop().em(), checkout, request)).rejects.toMatchObject({ code: 'total-changed' });
  expect(await shop().rows(`select status from cart where id = '${cartId}'`)).toEqual([{ status: 'open' }]);
});

const address = addressOf('ann');
test.each([
  { fault: 'a hold of two million years', more: { holdMinutes: 2 ** 40 } },
  { fault: 'an e-mail address without a host', more: { email: 'abc' } },
  { fault: 'a blank name', more: { shippingAddress: { ...address, fullName: ' ' } } },
  { fault: 'a street of a megabyte', more: { shippingAddress: { ...address, line1: 'x'.repeat(2 ** 20) } } },
  { fault: 'a NUL', more: { shippingAddress: { ...address, city: 'a\0' } } },
  { fault: 'half of a surrogate pair', more: { billingAddress: { ...address, company: '\ud800' } } },
  { fault: 'an amount of 2^62', more: { adjustments: [{ kind: 'tax', code: 'x', amountMinor: 2n ** 62n }] } },
] as { fault: string; more: Partial<entities.CheckoutRequest> }[])(
  'a checkout with $fault is refused at the first attempt',
  async ({ more }) => {
    const cartId = await shop().cart({ [await stockedVariant(shop(), 1)]: 1 });
    const request = await checkoutRequest(shop(), cartId, { ...more, expectedTotalMinor: 1000n });
    const before = shop().queries.length;
    await expect(withRetry(shop().em(), checkout, request)).rejects.toEqual(refused('invalid-input'));
    expect(shop().queries.slice(before)).toEqual([]);
  },
);

test.each([
  { order: 'placed', key: '2026-02-30 00:00:00+00' },
  { order: 'placed', key: 'infinity' },
  { order: 'toString', key: '2026-01-01 00:00:00+00' },
])('a forged cursor of orders, $order at $key, is refused', async (position) => {
  const after = pageCursor({ ...position, id: '00000000-0000-7000-8000-000000000000' });
  await expect(searchOrders(shop().em(), { after })).rejects.toEqual(refused('invalid-cursor'));
});

test.each([
  { sort: 'price-ascending' as const, key: '9223372036854775808' },
  { sort: 'price-ascending' as const, key: '1e3' },
  { sort: 'relevance' as const, key: '1e400' },
  { sort: 'relevance' as const, key: '1e-400' },
  { sort: 'newest' as const, key: '10000-01-01 00:00:00+00' },
])('a forged cursor of products, $sort after $key, is refused', async ({ sort, key }) => {
  const id = '00000000-0000-7000-8000-000000000000';
  const cursor = pageCursor({ order: `${sort} words`, key, id });
  const search = { text: 'x', sort, cursor, price: { currency: 'EUR' } };
  await expect(searchProducts(shop().em(), search)).rejects.toEqual(refused('invalid-cursor'));
});

test('spaces around a name and an e-mail address are dropped', async () => {
  const customer = await registerCustomer(shop().em(), {
    email: ' spaces@example.com ',
    firstName: ' Ann  Marie ',
    identity: { provider: 'google', subject: 'spaces' },
  });
  expect(customer).toMatchObject({ email: 'spaces@example.com', firstName: 'Ann  Marie' });
});
