import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { checkout, checkoutRequest, stockedVariant } from '../../../test/placed-order.ts';
import { customer } from '../../../test/promoted-shop.ts';
import { addToCart, openCart, setCartCurrency, setPrice } from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();

test('a customer whose cart is in EUR buys in USD, without what has no price in it', async () => {
  const [both, onlyEuro] = [await stockedVariant(shop(), 9), await stockedVariant(shop(), 9)];
  await setPrice(em(), { variantId: both, currency: 'USD', amountMinor: 1234n });
  const customerId = await customer(shop(), 'ann@example.com');
  const { id: cartId } = await openCart(em(), { customerId, currencyCode: 'EUR' });
  for (const variantId of [both, onlyEuro]) await addToCart(em(), { cartId, variantId, quantity: 2 });
  expect((await openCart(em(), { customerId, currencyCode: 'USD' })).currencyCode).toBe('EUR');
  const { prices } = await setCartCurrency(em(), { cartId, currencyCode: 'USD' });
  expect(prices).toMatchObject([
    { variantId: both, shownMinor: 1000n, currentMinor: 1234n },
    { variantId: onlyEuro, shownMinor: 1000n, currentMinor: undefined },
  ]);
  expect(await setCartCurrency(em(), { cartId, currencyCode: 'USD' })).toMatchObject({ prices: [] });
  expect(await openCart(em(), { customerId, currencyCode: 'EUR' })).toMatchObject({
    id: cartId,
    currencyCode: 'USD',
  });
  const { id, totalMinor } = await checkout(em(), await checkoutRequest(shop(), cartId));
  expect(totalMinor).toBe(2468n);
  expect(await shop().rows(`select currency_code from sales_order where id = '${id}'`)).toEqual([
    { currency_code: 'USD' },
  ]);
  await expect(setCartCurrency(em(), { cartId, currencyCode: 'EUR' })).rejects.toMatchObject({
    code: 'cart-not-open',
  });
});

test('an unknown currency is refused, and additions meanwhile have the price of one of the two', async () => {
  const variantId = await stockedVariant(shop(), 99);
  await setPrice(em(), { variantId, currency: 'USD', amountMinor: 1100n });
  const { id: cartId } = await openCart(em(), { currencyCode: 'EUR' });
  await expect(setCartCurrency(em(), { cartId, currencyCode: 'XXX' })).rejects.toMatchObject({
    code: 'currency-not-found',
  });
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0
        ? addToCart(em(), { cartId, variantId, quantity: 1 })
        : setCartCurrency(em(), { cartId, currencyCode: index % 4 === 1 ? 'USD' : 'EUR' }),
    ),
  );
  await setCartCurrency(em(), { cartId, currencyCode: 'USD' });
  expect(
    await shop().rows(`select quantity, unit_price_minor from cart_line where cart_id = '${cartId}'`),
  ).toEqual([{ quantity: 10, unit_price_minor: '1100' }]);
});
