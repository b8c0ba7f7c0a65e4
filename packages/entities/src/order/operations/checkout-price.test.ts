import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import {
  checkoutRequest,
  expectInvariants,
  stockedQuantities,
  stockedVariant,
} from '../../../test/placed-order.ts';
import { buyWith, offerCoupon } from '../../../test/promoted-shop.ts';
import {
  addToCart,
  applyCoupon,
  checkoutWith,
  noCharges,
  openCart,
  type PriceCalculators,
  taxByRegion,
  toMinorUnits,
} from '../../index.ts';

const shop = useOpenShop();

const calculators: PriceCalculators = {
  shipping: ({ lines, exponent }) => [
    { code: 'standard', amountMinor: toMinorUnits(lines.length > 1 ? '0' : '4.99', exponent) },
  ],
  tax: taxByRegion([
    { code: 'State tax', countryCode: 'US', region: 'NY', ratePpm: 40_000, taxesShipping: true },
    { code: 'VAT', countryCode: 'DE', ratePpm: 190_000, taxesShipping: true },
  ]),
};
const { quoteCart, checkout } = checkoutWith(calculators);
const destination = { countryCode: 'US', region: 'NY' };
const shippingAddress = { fullName: 'Ann', line1: '1 Main St', city: 'New York', ...destination };

test('an order has the coupon, the shipping fee and the taxes that its cart was quoted', async () => {
  const variantId = await stockedVariant(shop(), 5);
  const cartId = await shop().cart({ [variantId]: 3 });
  const code = await offerCoupon(shop(), { promotion: { ratePpm: 150_000 } });
  await applyCoupon(shop().em(), { cartId, code });
  const quote = await quoteCart(shop().em(), { cartId, destination });
  expect(quote).toMatchObject({
    subtotalMinor: 3000n,
    discountMinor: 450n,
    shippingMinor: 499n,
    taxMinor: 102n + 20n,
    totalMinor: 3171n,
    lines: [{ variantId, quantity: 3, discountMinor: 450n }],
  });
  const order = await buyWith(shop(), calculators, cartId, { shippingAddress });
  expect(order.totalMinor).toBe(quote.totalMinor);
  expect(
    await shop().rows(`select a.kind, a.code, a.amount_minor, l.variant_id
      from order_adjustment a left join order_line l on l.id = a.order_line_id
      where a.order_id = '${order.id}' order by a.kind, a.amount_minor desc`),
  ).toEqual([
    { kind: 'discount', code, amount_minor: '450', variant_id: variantId },
    { kind: 'shipping', code: 'standard', amount_minor: '499', variant_id: null },
    { kind: 'tax', code: 'State tax', amount_minor: '102', variant_id: variantId },
    { kind: 'tax', code: 'State tax', amount_minor: '20', variant_id: null },
  ]);
  await expectInvariants(shop());
});

test('adjustments of a line are its own, in the quote and in the order', async () => {
  const [first, second] = [await stockedVariant(shop(), 5), await stockedVariant(shop(), 5)];
  const cartId = await shop().cart({ [first]: 1, [second]: 1 });
  const { lines } = await quoteCart(shop().em(), { cartId, destination });
  const lineId = lines.find(({ variantId }) => variantId === second)?.lineId;
  const adjustments = [
    { kind: 'discount' as const, code: 'LOYALTY', amountMinor: 900n, lineId },
    { kind: 'tax' as const, code: 'Deposit', amountMinor: 25n, lineId },
  ];
  const order = await buyWith(shop(), calculators, cartId, { shippingAddress, adjustments });
  expect(
    await shop().rows(`select a.code, a.amount_minor from order_adjustment a
      join order_line l on l.id = a.order_line_id and l.variant_id = '${second}'
      where a.order_id = '${order.id}' and a.code <> 'State tax' order by a.code`),
  ).toEqual([
    { code: 'Deposit', amount_minor: '25' },
    { code: 'LOYALTY', amount_minor: '900' },
  ]);
});

test.each([
  {
    currencyCode: 'JPY',
    priceMinor: 995n,
    expected: { discountMinor: 299n, shippingMinor: 5n, taxMinor: 107n, totalMinor: 2798n },
  },
  {
    currencyCode: 'BHD',
    priceMinor: 12_345n,
    expected: { discountMinor: 3704n, shippingMinor: 4990n, taxMinor: 1333n + 200n, totalMinor: 39_854n },
  },
])('amounts in $currencyCode are rounded to its minor unit', async (amounts) => {
  const { currencyCode, priceMinor, expected } = amounts;
  const variantId = await stockedVariant(shop(), 5);
  await shop().rows(`insert into price (variant_id, currency_code, amount_minor)
    values ('${variantId}', '${currencyCode}', ${priceMinor})`);
  const { id: cartId } = await openCart(shop().em(), { currencyCode });
  await addToCart(shop().em(), { cartId, variantId, quantity: 3 });
  await applyCoupon(shop().em(), { cartId, code: await offerCoupon(shop()) });
  const quote = await quoteCart(shop().em(), { cartId, destination });
  expect(quote).toMatchObject(expected);
  const { totalMinor } = await buyWith(shop(), calculators, cartId, { shippingAddress });
  expect(totalMinor).toBe(expected.totalMinor);
});

test('a checkout with a coupon, fees and taxes takes 6 statements for 1 line and for 40', async () => {
  const code = await offerCoupon(shop(), { usageLimit: 2, customerUsageLimit: 2 });
  const counts: number[] = [];
  for (const variants of [1, 40]) {
    const cartId = await shop().cart(await stockedQuantities(shop(), { variants, units: 2 }));
    await applyCoupon(shop().em(), { cartId, code });
    const request = await checkoutRequest(shop(), cartId, { shippingAddress }, quoteCart);
    counts.push(await shop().countStatements(() => checkout(shop().em(), request)));
  }
  expect(counts).toEqual([6, 6]);
});

test('a variant that is not taxable is not taxed; a carrier sees weights, and what is not sent', async () => {
  const [book, voucher] = [await stockedVariant(shop(), 2), await stockedVariant(shop(), 2)];
  await shop().rows(`update product_variant set taxable = false, weight_grams = 300 where id = '${book}'`);
  await shop().rows(`update product_variant set requires_shipping = false where id = '${voucher}'`);
  const byWeight: PriceCalculators = {
    shipping: ({ lines }) => {
      const sent = lines.filter(({ requiresShipping }) => requiresShipping);
      const grams = sent.reduce((sum, { quantity, weightGrams }) => sum + quantity * weightGrams, 0);
      return [{ code: `${sent.length} sent`, amountMinor: BigInt(grams) }];
    },
    tax: calculators.tax,
  };
  const cartId = await shop().cart({ [book]: 2, [voucher]: 1 });
  const { id, totalMinor } = await buyWith(shop(), byWeight, cartId, { shippingAddress });
  // 4 % of the voucher, and not of the fee, which is for the book.
  expect(totalMinor).toBe(3000n + 600n + 40n);
  expect(
    await shop().rows(`select a.kind, a.code, a.amount_minor, l.variant_id
      from order_adjustment a left join order_line l on l.id = a.order_line_id
      where a.order_id = '${id}' order by a.kind, a.amount_minor desc, l.position`),
  ).toEqual([
    { kind: 'shipping', code: '1 sent', amount_minor: '600', variant_id: null },
    { kind: 'tax', code: 'State tax', amount_minor: '40', variant_id: voucher },
    { kind: 'tax', code: 'exempt', amount_minor: '0', variant_id: book },
    { kind: 'tax', code: 'exempt', amount_minor: '0', variant_id: null },
  ]);
  await expectInvariants(shop());
});

test('a calculator that fails leaves the cart as it was', async () => {
  const cartId = await shop().cart({ [await shop().offer(1)]: 1 });
  const failing = { shipping: noCharges, tax: () => [{ code: 'VAT', amountMinor: -1n }] };
  await expect(buyWith(shop(), failing, cartId)).rejects.toMatchObject({ code: 'invalid-input' });
  expect(await shop().rows(`select status from cart where id = '${cartId}'`)).toEqual([{ status: 'open' }]);
});
