import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { expectInvariants, outcomes, stockedVariant } from '../../../test/placed-order.ts';
import { buy, customer, offerCoupon } from '../../../test/promoted-shop.ts';
import { seededChoices } from '../../../test/seeded-random.ts';
import {
  addToCart,
  applyCoupon,
  cancelOrder,
  createPriceList,
  expireCarts,
  mergeCarts,
  openCart,
  refreshCart,
  removeCartLine,
  removeCoupon,
  setCartPriceList,
  setPrice,
  updateCartLine,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();

// What a customer may meet. A deadlock, a lock timeout or a broken constraint is not among it.
const refusals = [
  'done',
  'cart-not-open',
  'cart-empty',
  'coupon-refused',
  'cart-line-not-found',
  'out-of-stock',
  'price-changed',
  'quantity-too-large',
  'total-changed',
];

test('a few customers with all operations at once meet refusals only, and every invariant holds', async () => {
  const choicesOf = seededChoices();
  const variantIds: string[] = [];
  for (let count = 0; count < 4; count++) variantIds.push(await stockedVariant(shop(), 40, 20));
  await createPriceList(em(), { code: 'vip', name: 'VIP' });
  const vip = {
    variantId: choicesOf(-1).oneOf(variantIds),
    currency: 'EUR',
    priceList: 'vip',
    amountMinor: 700n,
  };
  await setPrice(em(), vip);
  const codes = [
    await offerCoupon(shop(), { usageLimit: 4 }),
    await offerCoupon(shop(), { customerUsageLimit: 1 }),
  ];
  const customerIds = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => customer(shop(), `${name}@example.com`)),
  );
  const visit = async (client: number) => {
    const { oneOf } = choicesOf(client);
    const customerId = oneOf(customerIds);
    const { id: cartId } = await openCart(em(), { customerId, currencyCode: 'EUR' });
    const variantId = oneOf(variantIds);
    const { id: guestCartId } = await openCart(em(), { currencyCode: 'EUR' });
    const operations = [
      () => addToCart(em(), { cartId, variantId, quantity: 2 }),
      () => addToCart(em(), { cartId: guestCartId, variantId, quantity: 1 }),
      () => mergeCarts(em(), { sourceCartId: guestCartId, targetCartId: cartId }),
      () => updateCartLine(em(), { cartId, variantId, quantity: 3 }),
      () => removeCartLine(em(), { cartId, variantId: oneOf(variantIds) }),
      () => applyCoupon(em(), { cartId, code: oneOf(codes) }),
      () => removeCoupon(em(), { cartId }),
      () => refreshCart(em(), { cartId }),
      () => setCartPriceList(em(), { cartId, priceList: oneOf(['base', 'vip']) }),
      () => expireCarts(em()),
      () => buy(shop(), cartId),
      async () => {
        const { id: orderId } = await buy(shop(), cartId);
        await cancelOrder(em(), { orderId });
      },
    ];
    const results: string[] = [];
    for (let step = 0; step < 8; step++) results.push(...(await outcomes([oneOf(operations)()])));
    return results;
  };
  const results = (await Promise.all(Array.from({ length: 30 }, (_each, client) => visit(client)))).flat();
  expect(results).toHaveLength(240);
  expect(results.filter((result) => !refusals.includes(result))).toEqual([]);
  await expectInvariants(shop());
});
