import { describe, expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { checkoutRequest, expectInvariants, stockedVariant } from '../../../test/placed-order.ts';
import { offerCoupon } from '../../../test/promoted-shop.ts';
import {
  addToCart,
  applyCoupon,
  checkoutWith,
  noCharges,
  QuoteChanged,
  removeCartLine,
  TotalChanged,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();

let feeMinor = 1499n;
const { quoteCart, checkout } = checkoutWith({
  shipping: () => [{ code: 'standard', amountMinor: feeMinor }],
  tax: noCharges,
});

interface QuotedCart {
  variantId: string;
  cartId: string;
  couponCode: string;
}

/** A cart of one unit at 10.00 EUR with a coupon of 1.00, its request, and what a refused checkout must not change. */
async function quoted() {
  const variantId = await stockedVariant(shop(), 9);
  const cartId = await shop().cart({ [variantId]: 1 });
  const promotion = { ratePpm: null, amountMinor: 100n, currency: 'EUR' };
  const couponCode = await offerCoupon(shop(), { promotion, usageLimit: 1 });
  await applyCoupon(em(), { cartId, code: couponCode });
  const request = await checkoutRequest(shop(), cartId, {}, quoteCart);
  const state = () =>
    shop()
      .rows(`select (select count(*) from sales_order) as orders, (select count(*) from stock_reservation) as holds,
      (select sum(reserved) from stock_level) as reserved, (select count(*) from coupon_redemption) as uses,
      (select count(*) from idempotency_key where scope = 'checkout') as keys,
      (select count(*) from outbox_event) as events,
      (select status from cart where id = '${cartId}') as cart`);
  return { cart: { variantId, cartId, couponCode }, request, state };
}

const changes: { what: string; change: (cart: QuotedCart) => Promise<unknown>; totalMinor: bigint }[] = [
  {
    what: 'a promotion that was edited',
    change: ({ couponCode }) =>
      shop().rows(`update promotion set amount_minor = 990 where name = '${couponCode}'`),
    totalMinor: 1509n,
  },
  {
    what: 'a fee that was raised',
    change: async () => {
      feeMinor = 10_900n;
    },
    totalMinor: 11_800n,
  },
  {
    what: 'the cart, in another tab',
    change: ({ cartId, variantId }) => addToCart(em(), { cartId, variantId, quantity: 7 }),
    totalMinor: 9399n,
  },
];

describe('a checkout charges what the buyer saw, or is refused with the new quote and leaves nothing', () => {
  test.each(changes)('after a change of $what', async ({ change, totalMinor }) => {
    feeMinor = 1499n;
    const { cart, request, state } = await quoted();
    expect(request.expectedTotalMinor).toBe(2399n);
    const before = await state();
    await change(cart);
    const error = await checkout(em(), request).catch((reason: unknown) => reason);
    if (!(error instanceof TotalChanged)) throw error;
    expect(error).toMatchObject({ code: 'total-changed', expectedTotalMinor: 2399n, quote: { totalMinor } });
    expect(error.quote).toEqual(
      await quoteCart(em(), { cartId: cart.cartId, destination: { countryCode: 'US' } }),
    );
    expect(await state()).toEqual(before);
    // What the hint says: the buyer agrees to the new quote. The key is free, as after any refusal.
    const agreed = { ...request, expectedTotalMinor: error.quote.totalMinor };
    expect(await checkout(em(), agreed)).toMatchObject({ totalMinor });
    await expectInvariants(shop());
  });

  test('also when it costs less now', async () => {
    feeMinor = 1499n;
    const { request } = await quoted();
    feeMinor = 0n;
    await expect(checkout(em(), request)).rejects.toMatchObject({ quote: { totalMinor: 900n } });
  });

  test('and answers a repetition with the order, whatever the price is by then', async () => {
    feeMinor = 1499n;
    const { request } = await quoted();
    const order = await checkout(em(), request);
    feeMinor = 0n;
    expect(await checkout(em(), request)).toEqual(order);
  });
});

test('a checkout without an expected total is refused, by type, too', async () => {
  const { expectedTotalMinor: _total, ...request } = (await quoted()).request;
  // @ts-expect-error: it is required
  await expect(checkout(em(), request)).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('expectedTotalMinor'),
  });
});

test('a quote has the adjustments that the checkout will have', async () => {
  feeMinor = 0n;
  const { cart, request } = await quoted();
  const adjustments = [{ kind: 'tax' as const, code: 'VAT', amountMinor: 171n }];
  const destination = { countryCode: 'US' };
  const { totalMinor } = await quoteCart(em(), { cartId: cart.cartId, destination, adjustments });
  expect(totalMinor).toBe(1071n);
  const agreed = { ...request, adjustments, expectedTotalMinor: totalMinor };
  expect(await checkout(em(), agreed)).toMatchObject({ totalMinor });
});

test('other goods for the same total are refused where the checkout names its quote', async () => {
  const [first, second] = [await stockedVariant(shop(), 9), await stockedVariant(shop(), 9)];
  const cartId = await shop().cart({ [first]: 1 });
  const destination = { countryCode: 'US' };
  const { fingerprint } = await quoteCart(em(), { cartId, destination });
  const request = { ...(await checkoutRequest(shop(), cartId, {}, quoteCart)), expectedQuote: fingerprint };
  expect((await quoteCart(em(), { cartId, destination })).fingerprint).toBe(fingerprint);
  await addToCart(em(), { cartId, variantId: second, quantity: 1 });
  await removeCartLine(em(), { cartId, variantId: first });
  const refused = await checkout(em(), request).catch((error: unknown) => error);
  if (!(refused instanceof QuoteChanged)) throw refused;
  expect(refused.code).toBe('quote-changed');
  // As the hint says.
  const agreed = { ...request, expectedQuote: refused.quote.fingerprint };
  expect(await checkout(em(), agreed)).toEqual(await checkout(em(), agreed));
});
