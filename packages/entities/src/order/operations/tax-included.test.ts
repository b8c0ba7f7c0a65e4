import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { fuzzOperation } from '../../../test/fuzz-operation.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { sample } from '../../../test/operation-samples.ts';
import {
  checkoutRequest,
  expectInvariants,
  outcomes,
  placeOrder,
  stockedVariant,
} from '../../../test/placed-order.ts';
import { buyWith, offerCoupon } from '../../../test/promoted-shop.ts';
import {
  addToCart,
  applyCoupon,
  type CheckoutOperations,
  checkoutWith,
  createPriceList,
  findPrices,
  getProduct,
  loadTaxRates,
  openCart,
  type PriceCalculators,
  refreshCart,
  searchProducts,
  setCartPriceList,
  setPrice,
  setTaxIncluded,
  setTaxRate,
  taxBreakdown,
  taxByRegion,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();
const [inGermany, inFrance] = [{ countryCode: 'DE' }, { countryCode: 'FR' }];
const germanAddress = { fullName: 'Ann', line1: 'Hauptstr. 1', city: 'Berlin', ...inGermany };
const shipping = () => [{ code: 'post', amountMinor: 490n }];
let calculators: PriceCalculators;
let bound: CheckoutOperations;

// EUR with tax, USD without; and a list of each kind for EUR.
beforeAll(async () => {
  await setTaxIncluded(em(), { currency: 'EUR', taxIncluded: true, reason: 'the law' });
  await setTaxRate(em(), { countryCode: 'DE', code: 'VAT', ratePpm: 190_000 });
  await setTaxRate(em(), { countryCode: 'DE', code: 'VAT', taxClass: 'reduced', ratePpm: 70_000 });
  await createPriceList(em(), { code: 'trade', name: 'Trade', taxIncluded: false });
  await createPriceList(em(), { code: 'sale', name: 'Sale' });
  await createPriceList(em(), { code: 'retail', name: 'Retail', taxIncluded: true });
  calculators = { shipping, tax: taxByRegion(await loadTaxRates(em())) };
  bound = checkoutWith(calculators);
});

/** A variant at this price of `base`. */
async function variantAt(amountMinor: bigint, taxClass = 'standard', currency = 'EUR'): Promise<string> {
  const variantId = await stockedVariant(shop(), 100_000);
  await setPrice(em(), { variantId, currency, amountMinor });
  await shop().rows(`update product_variant set tax_class = '${taxClass}' where id = '${variantId}'`);
  return variantId;
}

async function cartOf(quantities: Record<string, number>, priceList = 'base', currencyCode = 'EUR') {
  const { id } = await openCart(em(), { currencyCode, priceList });
  for (const [variantId, quantity] of Object.entries(quantities)) {
    await addToCart(em(), { cartId: id, variantId, quantity });
  }
  return id;
}

const buyHere = (cartId: string, more = {}) =>
  buyWith(shop(), calculators, cartId, { shippingAddress: germanAddress, ...more });
const rowsOf = (
  rows: { code: string; ratePpm?: number; netMinor?: bigint; taxMinor: bigint; grossMinor?: bigint }[],
) => rows.map((row) => `${row.code} ${row.ratePpm} ${row.netMinor} + ${row.taxMinor} = ${row.grossMinor}`);

describe('an order of prices with tax', () => {
  test('costs what its labels say, and has its taxes by rate, in the quote, in all and by line', async () => {
    const [lamp, book] = [await variantAt(3000n), await variantAt(2000n, 'reduced')];
    const cartId = await cartOf({ [lamp]: 1, [book]: 1 });
    const quote = await bound.quoteCart(em(), { cartId, destination: inGermany });
    expect(quote).toMatchObject({
      taxIncluded: true,
      subtotalMinor: 5000n,
      totalMinor: 5490n,
      taxMinor: 670n,
    });
    const rows = ['VAT 190000 2768 + 526 = 3294', 'VAT 70000 2052 + 144 = 2196'];
    expect(rowsOf(quote.taxBreakdown)).toEqual(rows);
    const { id, totalMinor } = await buyHere(cartId);
    expect(totalMinor).toBe(5490n);
    expect(await shop().rows(`select tax_included, tax_minor from sales_order where id = '${id}'`)).toEqual([
      { tax_included: true, tax_minor: '670' },
    ]);
    const breakdown = await taxBreakdown(em(), { orderId: id });
    expect(breakdown).toMatchObject({ currencyCode: 'EUR', taxIncluded: true });
    expect(rowsOf(breakdown.rows)).toEqual(rows);
    expect(breakdown.lines.map((line) => rowsOf(line.rows))).toEqual([
      ['VAT 190000 2521 + 479 = 3000'],
      ['VAT 70000 1869 + 131 = 2000'],
    ]);
    await expectInvariants(shop());
  });

  test('has the taxes of what a coupon leaves, and the coupon takes off prices with tax', async () => {
    const [lamp, book] = [await variantAt(3000n), await variantAt(2000n, 'reduced')];
    const cartId = await cartOf({ [lamp]: 1, [book]: 1 });
    await applyCoupon(em(), { cartId, code: await offerCoupon(shop()) });
    const { id, totalMinor } = await buyHere(cartId);
    expect(totalMinor).toBe(5490n - 500n);
    const { lines } = await taxBreakdown(em(), { orderId: id });
    expect(lines.map((line) => rowsOf(line.rows))).toEqual([
      ['VAT 190000 2269 + 431 = 2700'],
      ['VAT 70000 1682 + 118 = 1800'],
    ]);
    await expectInvariants(shop());
  });

  test('is charged as labelled at any price and quantity', async () => {
    const variantId = await variantAt(1n);
    const line = {
      amountMinor: fc.bigInt({ min: 1n, max: 2000n }),
      quantity: fc.integer({ min: 1, max: 9 }),
    };
    const orders = fc.record(line);
    await fc.assert(
      fc.asyncProperty(orders, async ({ amountMinor, quantity }) => {
        await setPrice(em(), { variantId, currency: 'EUR', amountMinor });
        const { id, totalMinor } = await buyHere(await cartOf({ [variantId]: quantity }));
        expect(totalMinor).toBe(amountMinor * BigInt(quantity) + 490n);
        const { rows } = await taxBreakdown(em(), { orderId: id });
        expect(rows.map(({ grossMinor }) => grossMinor)).toEqual([totalMinor]);
      }),
      { numRuns: 25 },
    );
    await expectInvariants(shop());
  });

  test('takes a tax that was computed elsewhere as a part of its total, with or without a rate', async () => {
    const variantId = await variantAt(1190n);
    const cartId = await cartOf({ [variantId]: 1 });
    const tax = { kind: 'tax' as const, code: 'VAT', amountMinor: 190n };
    const free = { shipping: () => [], tax: () => [] };
    const buy = (cartId: string, ...adjustments: (typeof tax)[]) =>
      buyWith(shop(), free, cartId, { shippingAddress: germanAddress, adjustments });
    const { id, totalMinor } = await buy(cartId, {
      ...tax,
      ratePpm: 190_000,
      taxableMinor: 1000n,
    } as typeof tax);
    expect(totalMinor).toBe(1190n);
    expect(rowsOf((await taxBreakdown(em(), { orderId: id })).rows)).toEqual([
      'VAT 190000 1000 + 190 = 1190',
    ]);
    const second = await buy(await cartOf({ [variantId]: 1 }), tax);
    expect(await taxBreakdown(em(), { orderId: second.id })).toMatchObject({
      rows: [{ code: 'VAT', ratePpm: undefined, netMinor: undefined, taxMinor: 190n, grossMinor: undefined }],
      lines: [],
    });
    const third = await cartOf({ [variantId]: 1 });
    for (const wrong of [
      { ratePpm: 190_000 },
      { ratePpm: 190_000, taxableMinor: 900n },
      { amountMinor: 1681n },
    ]) {
      const adjustments = [{ ...tax, ...wrong }];
      const request = await checkoutRequest(shop(), third, { adjustments });
      await expect(bound.checkout(em(), request)).rejects.toMatchObject({ code: 'invalid-input' });
    }
    await expectInvariants(shop());
  });
});

describe('a class of variants without a rate', () => {
  test('is refused where the country has others, and sold at its label where it has none', async () => {
    const variantId = await variantAt(1190n, 'unheard-of');
    const cartId = await cartOf({ [variantId]: 1 });
    const quote = (destination: { countryCode: string }) => bound.quoteCart(em(), { cartId, destination });
    await expect(quote(inGermany)).rejects.toMatchObject({
      name: 'UserError',
      code: 'tax-class-without-rate',
    });
    const request = await checkoutRequest(shop(), cartId, { shippingAddress: germanAddress });
    await expect(bound.checkout(em(), request)).rejects.toMatchObject({ code: 'tax-class-without-rate' });
    expect(await quote(inFrance)).toMatchObject({ totalMinor: 1680n, taxMinor: 0n, taxBreakdown: [] });
    await shop().rows(`update product_variant set tax_class = 'standard' where id = '${variantId}'`);
    expect(await quote(inGermany)).toMatchObject({ totalMinor: 1680n, taxMinor: 190n + 78n });
  });
});

describe('a list', () => {
  test.each([
    { priceList: 'base', currencyCode: 'EUR', taxIncluded: true, totalMinor: 1490n, taxMinor: 238n },
    { priceList: 'sale', currencyCode: 'EUR', taxIncluded: true, totalMinor: 1490n, taxMinor: 238n },
    { priceList: 'retail', currencyCode: 'EUR', taxIncluded: true, totalMinor: 1490n, taxMinor: 238n },
    { priceList: 'trade', currencyCode: 'EUR', taxIncluded: false, totalMinor: 1773n, taxMinor: 283n },
    { priceList: 'base', currencyCode: 'USD', taxIncluded: false, totalMinor: 1773n, taxMinor: 283n },
    { priceList: 'sale', currencyCode: 'USD', taxIncluded: false, totalMinor: 1773n, taxMinor: 283n },
    { priceList: 'retail', currencyCode: 'USD', taxIncluded: true, totalMinor: 1490n, taxMinor: 238n },
  ])('$priceList in $currencyCode: a price of 1000 is with tax: $taxIncluded', async (meant) => {
    const { priceList, currencyCode, taxIncluded, totalMinor, taxMinor } = meant;
    const variantId = await variantAt(1n);
    await setPrice(em(), { variantId, currency: currencyCode, priceList, amountMinor: 1000n });
    const cartId = await cartOf({ [variantId]: 1 }, priceList, currencyCode);
    const quote = await bound.quoteCart(em(), { cartId, destination: inGermany });
    expect(quote).toMatchObject({ taxIncluded, totalMinor, taxMinor });
    expect((await buyHere(cartId)).totalMinor).toBe(totalMinor);
    const scope = { currency: currencyCode, priceList };
    expect(await findPrices(em(), { variantIds: [variantId], ...scope })).toMatchObject([
      { amountMinor: 1000n, taxIncluded },
    ]);
    const [product] = await shop().rows<{ handle: string }>(
      `select handle from product p join product_variant v on v.product_id = p.id where v.id = '${variantId}'`,
    );
    const page = await getProduct(em(), { handle: product?.handle ?? '', ...scope });
    expect(page.variants[0]?.price).toMatchObject({ amountMinor: 1000n, taxIncluded });
    const found = await searchProducts(em(), {
      price: { currency: currencyCode },
      priceList,
      sort: 'newest',
    });
    expect(found.products[0]).toMatchObject({ handle: product?.handle, fromMinor: 1000n, taxIncluded });
  });

  test('does not sell at a price of base that is meant otherwise: a cart never mixes', async () => {
    const variantId = await variantAt(1000n);
    const offers = (priceList: string) =>
      findPrices(em(), { variantIds: [variantId], currency: 'EUR', priceList });
    expect((await offers('retail')).map(({ priceList }) => priceList)).toEqual(['base']);
    expect(await offers('trade')).toEqual([]);
    const searched = await searchProducts(em(), { price: { currency: 'EUR' }, priceList: 'trade' });
    const sorted = await searchProducts(em(), {
      price: { currency: 'EUR' },
      priceList: 'trade',
      sort: 'price-ascending',
    });
    const newest = await shop().rows<{ handle: string }>(
      `select handle from product p join product_variant v on v.product_id = p.id where v.id = '${variantId}'`,
    );
    for (const { products } of [searched, sorted]) {
      expect(products.map(({ handle }) => handle)).not.toContain(newest[0]?.handle);
    }
    const trade = await cartOf({}, 'trade');
    const add = { cartId: trade, variantId, quantity: 1 };
    await expect(addToCart(em(), add)).rejects.toMatchObject({ code: 'variant-not-for-sale' });
    // A cart of base that becomes one of trade loses what trade has no price for.
    const cartId = await cartOf({ [variantId]: 1 });
    expect(await setCartPriceList(em(), { cartId, priceList: 'trade' })).toMatchObject({
      prices: [{ variantId, shownMinor: 1000n, currentMinor: undefined }],
    });
    await setPrice(em(), { variantId, currency: 'EUR', priceList: 'trade', amountMinor: 840n });
    expect(await addToCart(em(), { ...add, cartId })).toMatchObject({ quantity: 1, unitPriceMinor: 840n });
    await expect(outcomes([setTaxIncluded(em(), { currency: 'XXX', taxIncluded: true })])).resolves.toEqual([
      'currency-not-found',
    ]);
  });

  test('a currency that changes its meaning changes open carts at once, and no checkout silently', async () => {
    const variantId = await variantAt(1000n, 'standard', 'GBP');
    const cartId = await cartOf({ [variantId]: 1 }, 'base', 'GBP');
    const request = await checkoutRequest(
      shop(),
      cartId,
      { shippingAddress: germanAddress },
      bound.quoteCart,
    );
    expect(request.expectedTotalMinor).toBe(1773n);
    const changes = [true, false, true].map((taxIncluded) =>
      setTaxIncluded(em(), { currency: 'GBP', taxIncluded }),
    );
    await Promise.all(changes);
    await setTaxIncluded(em(), { currency: 'GBP', taxIncluded: true });
    await expect(bound.checkout(em(), request)).rejects.toMatchObject({
      code: 'total-changed',
      quote: { totalMinor: 1490n, taxIncluded: true },
    });
    expect(await refreshCart(em(), { cartId })).toMatchObject({ prices: [] });
    expect((await buyHere(cartId)).totalMinor).toBe(1490n);
  });
});

describe('taxBreakdown', () => {
  test('of an order without taxes is empty; of none it is refused', async () => {
    const { orderId } = await placeOrder(shop(), { [await variantAt(1000n)]: 1 });
    expect(await taxBreakdown(em(), { orderId })).toEqual({
      currencyCode: 'EUR',
      taxIncluded: true,
      rows: [],
      lines: [],
    });
    await expect(taxBreakdown(em(), { orderId: randomUUID() })).rejects.toMatchObject({
      code: 'order-not-found',
    });
  });

  fuzzOperation(
    'taxBreakdown',
    shop,
    sample(taxBreakdown, async (shop) => {
      const cartId = await cartOf({ [await variantAt(1000n)]: 1 });
      const { id } = await buyWith(shop, calculators, cartId, { shippingAddress: germanAddress });
      return { orderId: id };
    }),
  );
});
