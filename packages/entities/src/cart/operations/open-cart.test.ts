import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { buy, customer } from '../../../test/promoted-shop.ts';
import { addToCart, openCart } from '../../index.ts';

const shop = useOpenShop();
const open = (customerId?: string, currencyCode = 'EUR') =>
  openCart(shop().em(), { customerId, currencyCode });

test('a guest gets a new cart each time, a customer the open one', async () => {
  const customerId = await customer(shop(), 'ann@example.com');
  const first = await open(customerId);
  expect(await open(customerId, 'USD')).toMatchObject({ id: first.id, currencyCode: 'EUR' });
  expect(first.expiresAt.getTime() - Date.now()).toBeGreaterThan(29 * 24 * 3_600_000);
  expect((await open()).id).not.toBe((await open()).id);
});

test('many requests at the same time open one cart', async () => {
  const customerId = await customer(shop(), 'ben@example.com');
  const carts = await Promise.all(Array.from({ length: 40 }, () => open(customerId)));
  expect(new Set(carts.map(({ id }) => id)).size).toBe(1);
});

test('a cart is found or opened while the open one is ordered', async () => {
  const customerId = await customer(shop(), 'cat@example.com');
  const variantId = await shop().offer(100);
  for (let round = 0; round < 5; round++) {
    const { id: cartId } = await open(customerId);
    await addToCart(shop().em(), { cartId, variantId, quantity: 1 });
    const opened = Array.from({ length: 8 }, () => open(customerId));
    const [, ...carts] = await Promise.all([buy(shop(), cartId), ...opened]);
    expect(new Set(carts.map(({ id }) => id).filter((id) => id !== cartId)).size).toBeLessThan(2);
  }
});

test('an expired cart is closed, and a new one opened', async () => {
  const customerId = await customer(shop(), 'dan@example.com');
  const old = await open(customerId);
  await shop().rows(`update cart set expires_at = now() where id = '${old.id}'`);
  expect((await open(customerId)).id).not.toBe(old.id);
  expect(await shop().rows(`select status from cart where id = '${old.id}'`)).toEqual([
    { status: 'expired' },
  ]);
});

test('what cannot be opened is refused with its reason', async () => {
  await expect(open(randomUUID())).rejects.toMatchObject({ code: 'customer-not-found' });
  await expect(open(undefined, 'XXZ')).rejects.toMatchObject({ code: 'currency-not-found' });
  await expect(open('x', 'eur')).rejects.toMatchObject({
    code: 'invalid-input',
    message: /customerId.*currencyCode/,
  });
});

test('a second open cart of a customer is refused by the database', async () => {
  const customerId = await customer(shop(), 'eve@example.com');
  await open(customerId);
  const insert = `insert into cart (customer_id, currency_code) values ('${customerId}', 'USD')`;
  await expect(shop().rows(insert)).rejects.toThrow('customer_open_cart_pkey');
});
