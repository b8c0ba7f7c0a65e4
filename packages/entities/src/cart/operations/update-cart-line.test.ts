import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { outcomes } from '../../../test/placed-order.ts';
import { buy } from '../../../test/promoted-shop.ts';
import { addToCart, type PlacedOrder, removeCartLine, TotalChanged, updateCartLine } from '../../index.ts';

const shop = useOpenShop();
const update = (cartId: string, variantId: string, quantity: number) =>
  updateCartLine(shop().em(), { cartId, variantId, quantity });
const remove = (cartId: string, variantId: string) => removeCartLine(shop().em(), { cartId, variantId });

test('a line gets the new quantity and the current price', async () => {
  const variantId = await shop().offer(1);
  const cartId = await shop().cart({ [variantId]: 5 });
  await shop().rows(`update price set amount_minor = 900 where variant_id = '${variantId}'`);
  expect(await update(cartId, variantId, 2)).toEqual({
    lineId: variantId,
    quantity: 2,
    unitPriceMinor: 900n,
  });
});

test('a line is removed, and removing it again is not an error', async () => {
  const [kept, gone] = [await shop().offer(1), await shop().offer(1)];
  const cartId = await shop().cart({ [kept]: 1, [gone]: 1 });
  await remove(cartId, gone);
  await remove(cartId, gone);
  expect(await shop().rows(`select variant_id from cart_line where cart_id = '${cartId}'`)).toEqual([
    { variant_id: kept },
  ]);
});

test('what cannot be changed is refused with its reason', async () => {
  const variantId = await shop().offer(1);
  const cartId = await shop().cart({ [variantId]: 1 });
  await expect(update(cartId, variantId, 0)).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(update(cartId, variantId, 10_000)).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(update(cartId, await shop().offer(1), 1)).rejects.toMatchObject({
    code: 'cart-line-not-found',
  });
  await expect(update(randomUUID(), variantId, 1)).rejects.toMatchObject({ code: 'cart-not-open' });
  await expect(remove(randomUUID(), variantId)).rejects.toMatchObject({ code: 'cart-not-open' });
  await shop().rows(`update product_variant set deleted_at = now() where id = '${variantId}'`);
  await expect(update(cartId, variantId, 2)).rejects.toMatchObject({ code: 'variant-not-for-sale' });
});

/** A buyer who agrees to every new quote. */
const buyAtAnyPrice = async (cartId: string): Promise<PlacedOrder> => {
  try {
    return await buy(shop(), cartId);
  } catch (error) {
    if (!(error instanceof TotalChanged)) throw error;
    return await buyAtAnyPrice(cartId);
  }
};

test('an ordered cart is left as it was ordered, whatever comes at the same time', async () => {
  const variantId = await shop().offer(1000);
  for (let round = 0; round < 5; round++) {
    const cartId = await shop().cart({ [variantId]: 1 });
    const [orders, changes] = await Promise.all([
      outcomes([buyAtAnyPrice(cartId)]),
      outcomes([
        update(cartId, variantId, 7),
        addToCart(shop().em(), { cartId, variantId, quantity: 2 }),
        update(cartId, variantId, 3),
      ]),
    ]);
    expect(orders).toEqual(['done']);
    expect(new Set(['done', 'cart-not-open', ...changes]).size).toBe(2);
    const [same] = await shop().rows(`select l.quantity = c.quantity as same
      from sales_order o join order_line l on l.order_id = o.id join cart_line c on c.cart_id = o.cart_id
      where o.cart_id = '${cartId}'`);
    expect(same).toEqual({ same: true });
  }
});
