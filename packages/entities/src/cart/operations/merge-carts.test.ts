import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { outcomes } from '../../../test/placed-order.ts';
import { customer, offerCoupon } from '../../../test/promoted-shop.ts';
import { addToCart, applyCoupon, mergeCarts, openCart } from '../../index.ts';

const shop = useOpenShop();
const merge = (sourceCartId: string, targetCartId: string) =>
  mergeCarts(shop().em(), { sourceCartId, targetCartId });
const lines = (cartId: string) =>
  shop().rows(`select variant_id, quantity, unit_price_minor from cart_line where cart_id = '${cartId}'
    order by quantity`);

test('a guest’s cart goes into the customer’s: quantities add up to the limit, at current prices', async () => {
  const customerId = await customer(shop(), 'ann@example.com');
  const target = await openCart(shop().em(), { customerId, currencyCode: 'EUR' });
  const [own, both, full, gone] = [
    await shop().offer(1),
    await shop().offer(1),
    await shop().offer(1),
    await shop().offer(1),
  ];
  await addToCart(shop().em(), { cartId: target.id, variantId: both, quantity: 2 });
  await addToCart(shop().em(), { cartId: target.id, variantId: full, quantity: 9000 });
  const source = await shop().cart({ [own]: 1, [both]: 3, [full]: 1000, [gone]: 1 });
  const code = await offerCoupon(shop());
  await applyCoupon(shop().em(), { cartId: source, code });
  await shop().rows(`update price set amount_minor = 900 where variant_id = '${both}'`);
  await shop().rows(`update product_variant set deleted_at = now() where id = '${gone}'`);

  expect(await merge(source, target.id)).toEqual({ leftOutVariantIds: [gone] });
  // A repetition, as after a lost connection.
  expect(await merge(source, target.id)).toEqual({ leftOutVariantIds: [] });
  expect(await lines(target.id)).toEqual([
    { variant_id: own, quantity: 1, unit_price_minor: '1000' },
    { variant_id: both, quantity: 5, unit_price_minor: '900' },
    { variant_id: full, quantity: 9999, unit_price_minor: '1000' },
  ]);
  expect(await shop().rows(`select status, merged_into_id from cart where id = '${source}'`)).toEqual([
    { status: 'merged', merged_into_id: target.id },
  ]);
  expect(
    await shop().rows(`select c.code from cart_coupon join coupon c on c.id = coupon_id
      where cart_id = '${target.id}'`),
  ).toEqual([{ code }]);
});

test('what cannot be merged is refused with its reason', async () => {
  const customerId = await customer(shop(), 'ben@example.com');
  const theirs = await openCart(shop().em(), { customerId, currencyCode: 'EUR' });
  const [guest, other] = [await shop().cart({}), await shop().cart({})];
  await expect(merge(theirs.id, guest)).rejects.toMatchObject({ code: 'guest-cart-required' });
  await expect(merge(guest, guest)).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(merge(randomUUID(), guest)).rejects.toMatchObject({ code: 'cart-not-open' });
  await merge(guest, theirs.id);
  await expect(merge(guest, other)).rejects.toMatchObject({ code: 'cart-not-open' });
  await expect(merge(other, guest)).rejects.toMatchObject({ code: 'cart-not-open' });
});

test('carts that are merged and filled at the same time lose nothing', async () => {
  const variantId = await shop().offer(1);
  const target = await shop().cart({});
  const sources = await Promise.all(Array.from({ length: 20 }, () => shop().cart({ [variantId]: 3 })));
  await Promise.all([
    ...sources.flatMap((source) => [merge(source, target), merge(source, target)]),
    ...sources.map(() => addToCart(shop().em(), { cartId: target, variantId, quantity: 1 })),
  ]);
  expect(await lines(target)).toEqual([{ variant_id: variantId, quantity: 80, unit_price_minor: '1000' }]);
});

test('carts that are merged into each other do not deadlock', async () => {
  for (let round = 0; round < 10; round++) {
    const [one, other] = [await shop().cart({}), await shop().cart({})];
    expect(await outcomes([merge(one, other), merge(other, one)])).toEqual(['cart-not-open', 'done']);
  }
});
