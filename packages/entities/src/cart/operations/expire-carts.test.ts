import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { expireCarts } from '../../index.ts';

const shop = useOpenShop();
const expire = (batchSize?: number) => expireCarts(shop().em(), { batchSize });

test('sweepers at the same time close each expired cart once, and no other', async () => {
  const carts = await Promise.all(Array.from({ length: 60 }, () => shop().cart({})));
  const open = await shop().cart({});
  await shop().rows(`update cart set expires_at = now() - interval '1 second' where id <> '${open}'`);
  const totals = await Promise.all([expire(7), expire(7), expire(1), expire()]);
  expect(totals.reduce((a, b) => a + b)).toBe(carts.length);
  expect(await shop().rows(`select status, count(*)::int from cart group by status order by 1`)).toEqual([
    { status: 'expired', count: 60 },
    { status: 'open', count: 1 },
  ]);
  expect(await expire()).toBe(0);
});

test('a cart that somebody has locked is left for the next call', async () => {
  const cartId = await shop().cart({});
  await shop().rows(`update cart set expires_at = now() where id = '${cartId}'`);
  const locker = shop().em();
  await locker.transactional(async (em) => {
    await em.execute('select from cart where id = ? for update', [cartId]);
    expect(await expire()).toBe(0);
  });
  expect(await expire()).toBe(1);
});
