import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { addToCart } from '../../index.ts';

const shop = useOpenShop();
const add = (cartId: string, variantId: string, quantity: number) =>
  addToCart(shop().em(), { cartId, variantId, quantity });

test('a line has the current price, and further units are added to it', async () => {
  const variantId = await shop().offer(1);
  const cartId = await shop().cart({});
  expect(await add(cartId, variantId, 2)).toEqual({ lineId: variantId, quantity: 2, unitPriceMinor: 1000n });
  await shop().rows(`update price set amount_minor = 900 where variant_id = '${variantId}'`);
  expect(await add(cartId, variantId, 3)).toEqual({ lineId: variantId, quantity: 5, unitPriceMinor: 900n });
});

test('additions at the same time add up', async () => {
  const variantId = await shop().offer(1);
  const cartId = await shop().cart({});
  await Promise.all(Array.from({ length: 40 }, () => add(cartId, variantId, 1)));
  expect(await shop().rows(`select quantity from cart_line where cart_id = '${cartId}'`)).toEqual([
    { quantity: 40 },
  ]);
});

test('what cannot be added is refused with its reason', async () => {
  const variantId = await shop().offer(1);
  const cartId = await shop().cart({ [variantId]: 9999 });
  await expect(add(cartId, variantId, 1)).rejects.toMatchObject({ code: 'quantity-too-large' });
  await expect(add(cartId, randomUUID(), 1)).rejects.toMatchObject({ code: 'variant-not-for-sale' });
  await expect(add(randomUUID(), variantId, 1)).rejects.toMatchObject({ code: 'cart-not-open' });
  await expect(add(cartId, 'x', -1)).rejects.toMatchObject({
    code: 'invalid-input',
    message: /variantId.*quantity/,
  });
  const other = await shop().cart({ [variantId]: 1 });
  await shop().rows(`update product_variant set deleted_at = now() where id = '${variantId}'`);
  await expect(add(other, variantId, 1)).rejects.toMatchObject({ code: 'variant-not-for-sale' });
  await shop().rows(`update cart set expires_at = now() where id = '${cartId}'`);
  await expect(add(cartId, variantId, 1)).rejects.toMatchObject({ code: 'cart-not-open' });
});
