import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import {
  checkout,
  checkoutRequest,
  expectInvariants,
  quoteCart,
  stockedVariant,
} from '../../../test/placed-order.ts';
import { buy, customer } from '../../../test/promoted-shop.ts';
import {
  addToCart,
  createPriceList,
  endPriceList,
  mergeCarts,
  openCart,
  PriceChanged,
  refreshCart,
  setCartPriceList,
  setPrice,
  updateCartLine,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();
/** In the list `sale` at 7.00 EUR, in `base` at 10.00 EUR. */
let onSale: string;
/** In `base` only, at 10.00 EUR. */
let regular: string;

beforeAll(async () => {
  [onSale, regular] = [await stockedVariant(shop(), 500), await stockedVariant(shop(), 500)];
  await createPriceList(em(), { code: 'sale', name: 'Sale' });
  await setPrice(em(), { variantId: onSale, currency: 'EUR', priceList: 'sale', amountMinor: 700n });
});

const open = (priceList?: string, customerId?: string) =>
  openCart(em(), { customerId, currencyCode: 'EUR', priceList });
const add = (cartId: string, variantId: string, quantity = 1) =>
  addToCart(em(), { cartId, variantId, quantity });
const choose = (cartId: string, priceList: string) => setCartPriceList(em(), { cartId, priceList });
const quote = (cartId: string) => quoteCart(em(), { cartId, destination: { countryCode: 'DE' } });
const lines = (cartId: string) =>
  shop().rows(`select variant_id, quantity, unit_price_minor from cart_line where cart_id = '${cartId}'
    order by created_at, variant_id`);

describe('a cart with a price list', () => {
  test('charges its prices, and those of base for what it has none for, as far as the order', async () => {
    const { id: cartId, priceList } = await open('sale');
    expect(priceList).toBe('sale');
    expect(await add(cartId, onSale, 2)).toEqual({ lineId: onSale, quantity: 2, unitPriceMinor: 700n });
    expect(await add(cartId, regular)).toEqual({ lineId: regular, quantity: 1, unitPriceMinor: 1000n });
    expect(await updateCartLine(em(), { cartId, variantId: onSale, quantity: 3 })).toEqual({
      lineId: onSale,
      quantity: 3,
      unitPriceMinor: 700n,
    });
    expect(await quote(cartId)).toMatchObject({
      priceList: 'sale',
      totalMinor: 3100n,
      lines: [
        { variantId: onSale, priceList: 'sale' },
        { variantId: regular, priceList: 'base' },
      ],
    });
    expect(await refreshCart(em(), { cartId })).toMatchObject({ priceList: 'sale', prices: [] });
    const request = await checkoutRequest(shop(), cartId);
    const before = shop().queries.length;
    const { id, totalMinor } = await checkout(em(), request);
    expect(shop().queries.length - before).toBe(6);
    expect(totalMinor).toBe(3100n);
    expect(
      await shop().rows(`select variant_id, unit_price_minor, price_list_code from order_line
        where order_id = '${id}' order by position`),
    ).toEqual([
      { variant_id: onSale, unit_price_minor: '700', price_list_code: 'sale' },
      { variant_id: regular, unit_price_minor: '1000', price_list_code: 'base' },
    ]);
    await expectInvariants(shop());
  });

  test('is a guest’s or a customer’s; the open one keeps its list until it is changed', async () => {
    const customerId = await customer(shop(), 'ann@example.com');
    expect((await open()).priceList).toBe('base');
    expect((await open('base')).priceList).toBe('base');
    const first = await open('sale', customerId);
    expect(first.priceList).toBe('sale');
    expect(await open(undefined, customerId)).toMatchObject({ id: first.id, priceList: 'sale' });
    await choose(first.id, 'base');
    expect(await open('sale', customerId)).toMatchObject({ id: first.id, priceList: 'base' });
  });

  test('that gets another list has its prices, and reports what has changed', async () => {
    const cartId = await shop().cart({ [onSale]: 1, [regular]: 1 });
    const change = { lineId: onSale, variantId: onSale, shownMinor: 1000n, currentMinor: 700n };
    const unchanged = { shortages: [], coupon: undefined };
    expect(await choose(cartId, 'sale')).toEqual({ priceList: 'sale', prices: [change], ...unchanged });
    expect(await choose(cartId, 'sale')).toEqual({ priceList: 'sale', prices: [], ...unchanged });
    expect((await quote(cartId)).totalMinor).toBe(1700n);
    const back = { lineId: onSale, variantId: onSale, shownMinor: 700n, currentMinor: 1000n };
    expect(await choose(cartId, 'base')).toEqual({ priceList: 'base', prices: [back], ...unchanged });
    expect((await quote(cartId)).totalMinor).toBe(2000n);
  });

  test('loses what is only in the list that it had', async () => {
    const variantId = await stockedVariant(shop(), 5);
    await setPrice(em(), { variantId, currency: 'EUR', priceList: 'sale', amountMinor: 300n });
    await shop().rows(`delete from price where variant_id = '${variantId}' and price_list_code = 'base'`);
    const { id: cartId } = await open('sale');
    await add(cartId, variantId);
    expect((await choose(cartId, 'base')).prices).toEqual([
      { lineId: variantId, variantId, shownMinor: 300n, currentMinor: undefined },
    ]);
    expect(await lines(cartId)).toEqual([]);
    await expect(add(cartId, variantId)).rejects.toMatchObject({ code: 'variant-not-for-sale' });
    await shop().rows(`update product_variant set deleted_at = now() where id = '${variantId}'`);
  });

  test.each([
    { guests: 'base', own: 'sale', totalMinor: 1400n },
    { guests: 'sale', own: 'base', totalMinor: 2000n },
  ])('of a guest with $guests goes into a customer’s with $own, which stays', async (lists) => {
    const { guests, own, totalMinor } = lists;
    const customerId = await customer(shop(), `${own}@example.com`);
    const { id: cartId } = await open(own, customerId);
    const { id: sourceCartId } = await open(guests);
    await add(sourceCartId, onSale, 2);
    await mergeCarts(em(), { sourceCartId, targetCartId: cartId });
    expect(await quote(cartId)).toMatchObject({ priceList: own, totalMinor });
  });
});

test('an unknown list is refused, and a cart that is not open', async () => {
  const { id: cartId } = await open('sale');
  const unknown = { code: 'price-list-not-found' };
  await expect(open('none')).rejects.toMatchObject(unknown);
  await expect(choose(cartId, 'none')).rejects.toMatchObject(unknown);
  await expect(choose(randomUUID(), 'sale')).rejects.toMatchObject({ code: 'cart-not-open' });
  await expect(choose('x', 'sale')).rejects.toMatchObject({ code: 'invalid-input' });
  expect((await refreshCart(em(), { cartId })).priceList).toBe('sale');
});

test('additions while the list changes have a price from before or after it; no order has one from before', async () => {
  for (let round = 0; round < 10; round++) {
    const { id: cartId } = await open('sale');
    await Promise.all([add(cartId, onSale), choose(cartId, 'base'), add(cartId, onSale)]);
    const order = await buy(shop(), cartId).catch(async (error: unknown) => {
      if (!(error instanceof PriceChanged)) throw error;
      await refreshCart(em(), { cartId });
      return await buy(shop(), cartId);
    });
    expect(order.totalMinor).toBe(2000n);
  }
});

test('a list that has ended costs what base says: the checkout refuses, and charges the refreshed cart', async () => {
  const { id: cartId } = await open('sale');
  await add(cartId, onSale);
  await endPriceList(em(), { code: 'sale' });
  const change = { lineId: onSale, variantId: onSale, shownMinor: 700n, currentMinor: 1000n };
  await expect(buy(shop(), cartId)).rejects.toMatchObject({ code: 'price-changed', lines: [change] });
  expect(await refreshCart(em(), { cartId })).toMatchObject({ priceList: 'sale', prices: [change] });
  const { id } = await buy(shop(), cartId);
  expect(
    await shop().rows(`select unit_price_minor, price_list_code from order_line where order_id = '${id}'`),
  ).toEqual([{ unit_price_minor: '1000', price_list_code: 'base' }]);
  await expectInvariants(shop());
});
