import { describe, expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { quoteCart } from '../../../test/placed-order.ts';
import { buy, customer, offerCoupon } from '../../../test/promoted-shop.ts';
import { addToCart, applyCoupon, CouponRefused, openCart, removeCoupon } from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();
const apply = (cartId: string, code: string) => applyCoupon(em(), { cartId, code });
const quote = (cartId: string) => quoteCart(em(), { cartId, destination: { countryCode: 'US' } });

test('a coupon takes its share off the cart, in whatever case it is typed, until it is removed', async () => {
  const cartId = await shop().cart({ [await shop().offer(1)]: 3 });
  const code = await offerCoupon(shop());
  expect(await apply(cartId, ` ${code.toLowerCase()} `)).toEqual({ code, discountMinor: 300n });
  expect(await quote(cartId)).toMatchObject({
    subtotalMinor: 3000n,
    discountMinor: 300n,
    totalMinor: 2700n,
    adjustments: [{ kind: 'discount', code, amountMinor: 300n }],
  });
  await removeCoupon(em(), { cartId });
  await removeCoupon(em(), { cartId });
  expect(await quote(cartId)).toMatchObject({ discountMinor: 0n, totalMinor: 3000n });
});

test('a second coupon takes the place of the first; a fixed amount is at most the subtotal', async () => {
  const cartId = await shop().cart({ [await shop().offer(1)]: 1 });
  await apply(cartId, await offerCoupon(shop()));
  const promotion = { ratePpm: null, amountMinor: 2500n, currency: 'EUR' };
  const code = await offerCoupon(shop(), { promotion });
  expect(await apply(cartId, code)).toEqual({ code, discountMinor: 1000n });
  expect(await quote(cartId)).toMatchObject({ discountMinor: 1000n, totalMinor: 0n });
});

describe('a coupon is refused', () => {
  test.each([
    { when: 'before it is valid', promotion: { valid: '[2999-01-01,)' }, reason: 'not-valid-now' },
    { when: 'after it was valid', promotion: { valid: '[2001-01-01,2002-01-01)' }, reason: 'not-valid-now' },
    { when: 'in another currency', promotion: { currency: 'USD' }, reason: 'other-currency' },
    {
      when: 'below its minimum',
      promotion: { currency: 'EUR', minimumSubtotalMinor: 1001n },
      reason: 'below-minimum',
    },
  ])('$when', async ({ promotion, reason }) => {
    const cartId = await shop().cart({ [await shop().offer(1)]: 1 });
    const code = await offerCoupon(shop(), { promotion });
    const refused = apply(cartId, code);
    await expect(refused).rejects.toBeInstanceOf(CouponRefused);
    await expect(refused).rejects.toMatchObject({ code: 'coupon-refused', couponCode: code, reason });
  });

  test('when nobody has issued it, or the cart is not open', async () => {
    const cartId = await shop().cart({});
    await expect(apply(cartId, 'NO-SUCH')).rejects.toMatchObject({ reason: 'unknown' });
    await expect(apply(cartId, '')).rejects.toMatchObject({ code: 'invalid-input' });
    await shop().rows(`update cart set status = 'expired' where id = '${cartId}'`);
    await expect(apply(cartId, 'NO-SUCH')).rejects.toMatchObject({ code: 'cart-not-open' });
    await expect(removeCoupon(em(), { cartId })).rejects.toMatchObject({ code: 'cart-not-open' });
    await expect(quote(cartId)).rejects.toMatchObject({ code: 'cart-not-open' });
  });

  test('when the cart has changed since it was applied', async () => {
    const variantId = await shop().offer(5);
    const cartId = await shop().cart({ [variantId]: 2 });
    const promotion = { currency: 'EUR', minimumSubtotalMinor: 2000n };
    await apply(cartId, await offerCoupon(shop(), { promotion }));
    await shop().rows(`update cart_line set quantity = 1 where cart_id = '${cartId}'`);
    for (const attempt of [() => quote(cartId), () => buy(shop(), cartId)]) {
      await expect(attempt()).rejects.toMatchObject({ reason: 'below-minimum' });
    }
  });

  test('when it or the customer has used it up', async () => {
    const variantId = await shop().offer(5);
    const customerId = await customer(shop(), 'ann@example.com');
    const open = async () => {
      const { id: cartId } = await openCart(em(), { customerId, currencyCode: 'EUR' });
      await addToCart(em(), { cartId, variantId, quantity: 1 });
      return cartId;
    };
    const code = await offerCoupon(shop(), { usageLimit: 2, customerUsageLimit: 1 });
    const first = await open();
    await apply(first, code);
    await buy(shop(), first);
    await expect(apply(await open(), code)).rejects.toMatchObject({ reason: 'used-by-customer' });
    const guest = await shop().cart({ [variantId]: 1 });
    await apply(guest, code);
    await buy(shop(), guest, { email: 'ben@example.com' });
    await expect(apply(await shop().cart({}), code)).rejects.toMatchObject({ reason: 'used-up' });
  });
});
