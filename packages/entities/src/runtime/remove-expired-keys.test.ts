import { expect, test } from 'vitest';
import { useOpenShop } from '../../test/open-shop.ts';
import { superuser } from '../../test/placed-order.ts';
import { addToCart, removeExpiredKeys } from '../index.ts';

const shop = useOpenShop();

test('expired keys are removed, each by one of several concurrent calls', async () => {
  const em = () => shop().orm.em.fork();
  const variantId = await shop().offer(1);
  const cartId = await shop().cart({});
  const add = (idempotencyKey: string) => addToCart(em(), { idempotencyKey, cartId, variantId, quantity: 1 });
  for (const key of ['new', 'a', 'b', 'c', 'd', 'e']) await add(key);
  expect(await removeExpiredKeys(em())).toBe(0);
  const admin = await superuser(shop());
  await admin.query(`update idempotency_key set expires_at = now() where key <> 'new'`);
  const removed = await Promise.all(Array.from({ length: 4 }, () => removeExpiredKeys(em(), { limit: 2 })));
  expect(removed.every((count) => count <= 2)).toBe(true);
  let rest = 0;
  for (let count = -1; count !== 0; rest += count) count = await removeExpiredKeys(em(), { limit: 2 });
  expect(removed.reduce((sum, count) => sum + count, rest)).toBe(5);
  expect(await shop().rows('select key from idempotency_key')).toEqual([{ key: 'new' }]);
  await expect(removeExpiredKeys(em(), { limit: 0 })).rejects.toMatchObject({ code: 'invalid-input' });
});
