import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { outcome } from '../../../test/account.ts';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { sample } from '../../../test/operation-samples.ts';
import { siblingOf, stockedVariant } from '../../../test/placed-order.ts';
import { buy, customer, offerCoupon } from '../../../test/promoted-shop.ts';
import {
  addToCart,
  applyCoupon,
  getCart,
  onReader,
  openCart,
  refreshCart,
  setPrice,
  softDeleteVariant,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();
const read = (cartId: string) => getCart(em(), { cartId });

test('a cart has its lines with the prices of now, its coupon and its metadata', async () => {
  const [tee, hat] = [await stockedVariant(shop(), 9), await stockedVariant(shop(), 1)];
  const customerId = await customer(shop(), 'ann@example.com');
  const { id: cartId, expiresAt } = await openCart(em(), {
    customerId,
    currencyCode: 'EUR',
    metadata: { source: 'ad' },
  });
  await addToCart(em(), { cartId, variantId: tee, quantity: 2, properties: { engraving: 'Ann' } });
  await addToCart(em(), { cartId, variantId: tee, quantity: 1 });
  await addToCart(em(), { cartId, variantId: hat, quantity: 2 });
  const code = await offerCoupon(shop());
  await applyCoupon(em(), { cartId, code });
  await setPrice(em(), { variantId: tee, currency: 'EUR', amountMinor: 900n });
  const cart = await read(cartId);
  expect(cart).toEqual({
    id: cartId,
    customerId,
    currencyCode: 'EUR',
    priceList: 'base',
    expiresAt,
    metadata: { source: 'ad' },
    lines: [
      expect.objectContaining({ variantId: tee, properties: { engraving: 'Ann' }, quantity: 2 }),
      {
        lineId: tee,
        variantId: tee,
        properties: {},
        sku: expect.any(String),
        title: expect.any(String),
        variantTitle: 'Default',
        quantity: 1,
        shownMinor: 1000n,
        currentMinor: 900n,
        priceList: 'base',
      },
      expect.objectContaining({ variantId: hat, shownMinor: 1000n, currentMinor: 1000n }),
    ],
    subtotalMinor: 4700n,
    changes: {
      prices: [expect.objectContaining({ variantId: tee }), expect.objectContaining({ variantId: tee })],
      shortages: [{ variantId: hat, requested: 2, available: 1 }],
    },
    coupon: { code, refusal: undefined },
  });
  // What it tells is what a refresh does.
  const { prices, shortages, coupon } = await refreshCart(em(), { cartId });
  expect({ changes: { prices, shortages }, coupon }).toEqual({ changes: cart.changes, coupon: cart.coupon });
  expect((await read(cartId)).changes.prices).toEqual([]);
});

test('a line that is not for sale has no price, and what is told of it is what a refresh does', async () => {
  const variantId = await stockedVariant(shop(), 1);
  const cartId = await shop().cart({ [variantId]: 2 });
  await siblingOf(shop(), variantId);
  await softDeleteVariant(em(), { variantId });
  const cart = await read(cartId);
  expect(cart).toMatchObject({
    customerId: undefined,
    metadata: {},
    lines: [{ currentMinor: undefined }],
    subtotalMinor: 0n,
    coupon: undefined,
  });
  const { prices, shortages } = await refreshCart(em(), { cartId });
  expect(cart.changes).toEqual({ prices, shortages });
  expect(await read(cartId)).toMatchObject({ lines: [], changes: { prices: [], shortages: [] } });
});

test('a read changes nothing, in a read-only transaction either; one that is not open is not found', async () => {
  const variantId = await stockedVariant(shop(), 1);
  const cartId = await shop().cart({ [variantId]: 1 });
  const state = () => shop().rows(`select xmin, expires_at, updated_at from cart where id = '${cartId}'`);
  const before = await state();
  expect(await onReader(em(), getCart, { cartId })).toEqual(await read(cartId));
  expect(await state()).toEqual(before);
  await buy(shop(), cartId);
  expect(await outcome(read(cartId))).toBe('cart-not-open');
  expect(await outcome(read(randomUUID()))).toBe('cart-not-open');
});

test('carts that are read while they are filled have whole lines', async () => {
  const variantId = await stockedVariant(shop(), 1);
  const cartId = await shop().cart({});
  const work = Array.from({ length: 20 }, (_, n) => [
    addToCart(em(), { cartId, variantId, quantity: 1, properties: { n: n % 4 } }),
    read(cartId),
  ]).flat();
  await Promise.all(work);
  const { lines, subtotalMinor } = await read(cartId);
  expect(lines.map(({ quantity }) => quantity)).toEqual([5, 5, 5, 5]);
  expect(subtotalMinor).toBe(20_000n);
});

fuzzOperation(
  'getCart',
  shop,
  sample(getCart, async (shop) => ({ cartId: await shop.cart({ [await stockedVariant(shop, 1)]: 1 }) })),
);
