import type { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import type { EntityManager } from '@mikro-orm/postgresql';
import { useOpenShop } from '../../../test/open-shop.ts';
import { key, superuser } from '../../../test/placed-order.ts';
import { addToCart, type CartAddition, removeCartLine, updateCartLine, withRetry } from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().em();

async function cart(quantity = 0) {
  const variantId = await shop().offer(1);
  return { variantId, cartId: await shop().cart(quantity > 0 ? { [variantId]: quantity } : {}) };
}

const quantityOf = async (cartId: string) =>
  (await shop().rows<{ quantity: number }>(`select quantity from cart_line where cart_id = '${cartId}'`))[0]
    ?.quantity;

describe('a change of a cart with an idempotency key', () => {
  test('adds once, though it is sent 50 times at the same time, and returns the same each time', async () => {
    const addition = { ...key(), ...(await cart()), quantity: 2 };
    const answers = await Promise.all(Array.from({ length: 50 }, () => addToCart(em(), addition)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer, bigintAsText))).size).toBe(1);
    expect(answers[0]).toEqual({ lineId: addition.variantId, quantity: 2, unitPriceMinor: 1000n });
    expect(await quantityOf(addition.cartId)).toBe(2);
    // Another key is another addition; the first one is still answered as it was.
    expect(await addToCart(em(), { ...addition, ...key() })).toMatchObject({ quantity: 4 });
    expect(await addToCart(em(), addition)).toMatchObject({ quantity: 2 });
  });

  test('is repeated after a lost connection that had committed', async () => {
    const addition = { ...key(), ...(await cart()), quantity: 3 };
    const admin = await superuser(shop());
    let runs = 0;
    const losing = async (em: EntityManager, input: CartAddition) => {
      const line = await addToCart(em, input);
      if (++runs === 1) await loseConnection(em, admin);
      return line;
    };
    expect(await withRetry(shop().orm.em, losing, addition)).toMatchObject({ quantity: 3 });
    expect(runs).toBe(2);
    expect(await quantityOf(addition.cartId)).toBe(3);
  });

  test('does not undo what was changed since', async () => {
    const target = await cart(5);
    const update = { ...key(), ...target, quantity: 2 };
    const removal = { ...key(), ...target };
    await updateCartLine(em(), update);
    await updateCartLine(em(), { ...target, quantity: 7 });
    expect(await updateCartLine(em(), update)).toEqual({
      lineId: target.variantId,
      quantity: 2,
      unitPriceMinor: 1000n,
    });
    expect(await quantityOf(target.cartId)).toBe(7);
    await removeCartLine(em(), removal);
    await addToCart(em(), { ...target, quantity: 1 });
    await removeCartLine(em(), removal);
    expect(await quantityOf(target.cartId)).toBe(1);
  });

  test('that was refused is done once it can be; a key of another change is refused', async () => {
    const addition = { ...key(), ...(await cart(9999)), quantity: 1 };
    await expect(addToCart(em(), addition)).rejects.toMatchObject({ code: 'quantity-too-large' });
    await removeCartLine(em(), { cartId: addition.cartId, variantId: addition.variantId });
    expect(await addToCart(em(), addition)).toMatchObject({ quantity: 1 });
    await expect(addToCart(em(), { ...addition, quantity: 2 })).rejects.toMatchObject({
      code: 'idempotency-conflict',
    });
    expect(await quantityOf(addition.cartId)).toBe(1);
  });
});

/** Ends the session of a connection of the pool, and uses it: as a failover after the commit does. */
async function loseConnection(em: EntityManager, admin: Client): Promise<void> {
  await em.transactional(async (em) => {
    const [session] = await em.execute<{ pid: number }[]>('select pg_backend_pid() as pid');
    await admin.query('select pg_terminate_backend($1, 5000)', [session?.pid]);
    await em.execute('select 1');
  });
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
