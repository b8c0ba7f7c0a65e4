import { expect, test } from 'vitest';
import { outcome } from '../../../test/account.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { expectInvariants, placeOrder, siblingOf, stockedVariant } from '../../../test/placed-order.ts';
import { buy } from '../../../test/promoted-shop.ts';
import { refreshCart, softDeleteProduct, softDeleteVariant, updateProduct } from '../../index.ts';

const shop = useOpenShop();
const productOf = async (variantId: string) =>
  (
    await shop().rows<{ id: string }>(
      `select product_id as id from product_variant where id = '${variantId}'`,
    )
  )[0]?.id ?? '';

const deletions: { what: string; remove: (variantId: string) => Promise<void> }[] = [
  { what: 'variant', remove: (variantId) => softDeleteVariant(shop().em(), { variantId }) },
  {
    what: 'product',
    remove: async (variantId) => softDeleteProduct(shop().em(), { productId: await productOf(variantId) }),
  },
];

test.each(deletions)(
  'a deleted $what leaves carts, which learn of it, and stays in orders',
  async ({ what, remove }) => {
    const variant = await stockedVariant(shop(), 5);
    await siblingOf(shop(), variant);
    const { orderId } = await placeOrder(shop(), { [variant]: 1 });
    const cartId = await shop().cart({ [variant]: 2 });
    await remove(variant);
    await expect(remove(variant)).rejects.toMatchObject({ code: `${what}-not-found` });
    await expect(buy(shop(), cartId)).rejects.toMatchObject({ code: 'price-changed' });
    const { prices } = await refreshCart(shop().em(), { cartId });
    expect(prices).toEqual([
      { lineId: variant, variantId: variant, shownMinor: 1000n, currentMinor: undefined },
    ]);
    expect(await shop().rows(`select variant_id from order_line where order_id = '${orderId}'`)).toEqual([
      { variant_id: variant },
    ]);
    await expectInvariants(shop());
  },
);

test('the last variant of a product that is on sale stays, also where two are deleted at once', async () => {
  const variant = await stockedVariant(shop(), 1);
  const remove = async (variantId: string) => await outcome(softDeleteVariant(shop().em(), { variantId }));
  expect(await remove(variant)).toBe('product-not-sellable');
  const sibling = await siblingOf(shop(), variant);
  const both = await Promise.all([remove(variant), remove(sibling)]);
  expect(both.toSorted()).toEqual(['done', 'product-not-sellable']);
  const last = both[0] === 'done' ? sibling : variant;
  await updateProduct(shop().em(), { productId: await productOf(variant), status: 'archived' });
  expect(await remove(last)).toBe('done');
  await expectInvariants(shop());
});

test('of a product that goes on sale and its last variant that is deleted at once one is refused', async () => {
  for (let round = 0; round < 5; round++) {
    const variantId = await stockedVariant(shop(), 1);
    const productId = await productOf(variantId);
    await updateProduct(shop().em(), { productId, status: 'draft' });
    const both = await Promise.all([
      outcome(updateProduct(shop().em(), { productId, status: 'active' })),
      outcome(softDeleteVariant(shop().em(), { variantId })),
    ]);
    expect(both.toSorted()).toEqual(['done', 'product-not-sellable']);
  }
  await expectInvariants(shop());
});

test('the application cannot delete for good', async () => {
  for (const table of ['product', 'product_variant']) {
    await expect(shop().rows(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
  }
});
