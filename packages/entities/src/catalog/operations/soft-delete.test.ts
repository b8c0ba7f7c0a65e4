import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { expectInvariants, placeOrder, stockedVariant } from '../../../test/placed-order.ts';
import { buy } from '../../../test/promoted-shop.ts';
import { refreshCart, softDeleteProduct, softDeleteVariant } from '../../index.ts';

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

test('the application cannot delete for good', async () => {
  for (const table of ['product', 'product_variant']) {
    await expect(shop().rows(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
  }
});
