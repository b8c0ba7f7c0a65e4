import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { buy, offerCoupon } from '../../../test/promoted-shop.ts';
import { applyCoupon, getCart, refreshCart } from '../../index.ts';

const shop = useOpenShop();
const refresh = (cartId: string) => refreshCart(shop().em(), { cartId });

test('a cart as it was shown has no changes', async () => {
  const cartId = await shop().cart({ [await shop().offer(2, 3)]: 5 });
  expect(await refresh(cartId)).toEqual({ priceList: 'base', prices: [], shortages: [], coupon: undefined });
});

test('lines get current prices, those not for sale are removed, and shortages are reported', async () => {
  const [dearer, gone, scarce, unstocked] = [
    await shop().offer(9),
    await shop().offer(9),
    await shop().offer(2, 1),
    await shop().offer(),
  ];
  const cartId = await shop().cart({ [dearer]: 1, [gone]: 1, [scarce]: 4, [unstocked]: 1 });
  await shop().rows(`update price set amount_minor = 1100 where variant_id = '${dearer}'`);
  await shop().rows(`update product_variant set deleted_at = now() where id = '${gone}'`);
  const changes = await refresh(cartId);
  expect(new Set(changes.prices)).toEqual(
    new Set([
      { lineId: dearer, variantId: dearer, shownMinor: 1000n, currentMinor: 1100n },
      { lineId: gone, variantId: gone, shownMinor: 1000n, currentMinor: undefined },
    ]),
  );
  expect(new Set(changes.shortages)).toEqual(
    new Set([
      { variantId: scarce, requested: 4, available: 3 },
      { variantId: unstocked, requested: 1, available: 0 },
    ]),
  );
  await shop().rows(`update stock_level set backorder_limit = 1 where variant_id = '${scarce}'`);
  await shop().rows(`delete from cart_line where variant_id = '${unstocked}'`);
  expect(await refresh(cartId)).toEqual({ priceList: 'base', prices: [], shortages: [], coupon: undefined });
  expect(await buy(shop(), cartId)).toMatchObject({ totalMinor: 5100n });
  await expect(refresh(cartId)).rejects.toMatchObject({ code: 'cart-not-open' });
  await expect(refresh(randomUUID())).rejects.toMatchObject({ code: 'cart-not-open' });
});

test('a coupon is judged without the lines that are removed', async () => {
  const [kept, gone] = [await shop().offer(9), await shop().offer(9)];
  const cartId = await shop().cart({ [kept]: 1, [gone]: 1 });
  const code = await offerCoupon(shop(), { promotion: { minimumQuantity: 2 } });
  await applyCoupon(shop().em(), { cartId, code });
  await shop().rows(`update product_variant set deleted_at = now() where id = '${gone}'`);
  const coupon = { code, refusal: 'too-few-units' };
  expect((await getCart(shop().em(), { cartId })).coupon).toEqual(coupon);
  expect((await refresh(cartId)).coupon).toEqual(coupon);
  expect((await refresh(cartId)).coupon).toEqual(coupon);
});

test('a coupon that no longer applies is reported', async () => {
  const variantId = await shop().offer(9);
  const cartId = await shop().cart({ [variantId]: 2 });
  const promotion = { currency: 'EUR', minimumSubtotalMinor: 2000n };
  const code = await offerCoupon(shop(), { promotion });
  await applyCoupon(shop().em(), { cartId, code });
  expect((await refresh(cartId)).coupon).toEqual({ code, refusal: undefined });
  await shop().rows(`update price set amount_minor = 999 where variant_id = '${variantId}'`);
  expect((await refresh(cartId)).coupon).toEqual({ code, refusal: 'below-minimum' });
});
