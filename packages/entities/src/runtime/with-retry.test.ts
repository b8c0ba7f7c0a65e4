import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OpenShop } from '../../test/open-shop.ts';
import { checkout, checkoutRequest } from '../../test/placed-order.ts';
import { shopTemplate } from '../../test/shop-database.ts';
import { addToCart, type CheckoutRequest, ormOptions, withRetry } from '../index.ts';
import { once } from './once.ts';
import { transientFailure } from './transient-failure.ts';

const quick = { baseDelayMs: 1, maxDelayMs: 5 };
let url: string;
let orm: MikroORM;
let shop: OpenShop;
let admin: Client;
let drop: () => Promise<void>;

beforeAll(async () => {
  ({ url, drop } = await createTestDatabase({ template: shopTemplate }));
  orm = await MikroORM.init({
    ...ormOptions({ url: `${url}?options=-c%20deadlock_timeout%3D10ms`, lockTimeoutMs: 200 }),
    pool: { max: 4 },
    logger: () => undefined,
  });
  shop = new OpenShop(orm, []);
  admin = new Client({ connectionString: url });
  await admin.connect();
});

afterAll(async () => {
  await orm?.close(true);
  await admin?.end();
  await drop?.();
});

/** Ends the session of `em` from another one, as a failover does. */
async function loseConnection(em: EntityManager): Promise<void> {
  const [session] = await em.execute<{ pid: number }[]>('select pg_backend_pid() as pid');
  await admin.query('select pg_terminate_backend($1, 5000)', [session?.pid]);
}

test('a message that the server cannot read is no lost connection', async () => {
  const operation = failing(1, (em) => em.execute(`select '\0'`));
  await expect(withRetry(orm.em, operation, {}, quick)).rejects.toMatchObject({ code: '08P01' });
  expect(operation.runs).toBe(1);
});

test('what a pooler says with the same code is one', () => {
  const error = Object.assign(new Error('server conn crashed?'), { code: '08P01' });
  expect(transientFailure(error)).toBe('connection-lost');
});

/** An operation that fails by `fail` the first `failures` times. */
function failing(failures: number, fail: (em: EntityManager) => Promise<unknown>) {
  const operation = async (em: EntityManager, _input: object) => {
    operation.runs += 1;
    if (operation.runs <= failures) await em.transactional(fail);
    return operation.runs;
  };
  operation.runs = 0;
  return operation;
}

const lose = async (em: EntityManager) => {
  await loseConnection(em);
  await em.execute('select 1');
};
const conflict = (em: EntityManager) =>
  em.execute(`do $$ begin raise exception 'x' using errcode = 'serialization_failure'; end $$`);

describe('a lost connection', () => {
  test('is retried for an input with an idempotency key', async () => {
    const operation = failing(2, lose);
    expect(await withRetry(orm.em, operation, { idempotencyKey: 'x' }, quick)).toBe(3);
  });

  test('is not retried for an input without a key: its outcome is unknown', async () => {
    const operation = failing(1, lose);
    await expect(withRetry(orm.em, operation, {}, quick)).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(operation.runs).toBe(1);
  });

  test('is retried for an input without a key if the caller allows it', async () => {
    expect(await withRetry(orm.em, failing(1, lose), {}, { ...quick, idempotent: true })).toBe(2);
  });

  test('does not leak connections of the pool', async () => {
    const operation = failing(9, lose);
    expect(await withRetry(orm.em, operation, { idempotencyKey: 'x' }, quick)).toBe(10);
    const sessions = Array.from({ length: 4 }, () => orm.em.fork().execute('select pg_sleep(0.01)'));
    expect(await Promise.all(sessions)).toHaveLength(4);
  });

  test('after the commit of a checkout does not make a second order', async () => {
    const cartId = await shop.cart({ [await shop.offer(5)]: 2 });
    const orders: string[] = [];
    const order = await withRetry(
      orm.em,
      async (em, request: CheckoutRequest) => {
        const placed = await checkout(em, request);
        orders.push(placed.id);
        if (orders.length === 1) await em.transactional(lose);
        return placed;
      },
      await checkoutRequest(shop, cartId),
      quick,
    );
    expect(orders).toEqual([order.id, order.id]);
    expect(await shop.rows(`select count(*)::int from sales_order where cart_id = '${cartId}'`)).toEqual([
      { count: 1 },
    ]);
  });
});

describe('a conflict', () => {
  test('is retried for any input', async () => {
    expect(await withRetry(orm.em, failing(2, conflict), {}, quick)).toBe(3);
  });

  test('is reported after the last attempt, with its cause', async () => {
    const operation = failing(9, conflict);
    await expect(withRetry(orm.em, operation, {}, { ...quick, attempts: 3 })).rejects.toMatchObject({
      code: 'database-busy',
      message: expect.stringContaining('after 3 attempts'),
      cause: { code: '40001' },
    });
    expect(operation.runs).toBe(3);
  });

  test('by a lock that is held longer than the timeout', async () => {
    const variantId = await shop.offer(1);
    const cartId = await shop.cart({ [variantId]: 1 });
    await admin.query(`begin; update cart_line set quantity = 5 where cart_id = '${cartId}'`);
    let attempts = 0;
    const line = await withRetry(
      orm.em,
      async (em, input: Parameters<typeof addToCart>[1]) => {
        attempts += 1;
        if (attempts === 2) await admin.query('commit');
        return await addToCart(em, input);
      },
      { cartId, variantId, quantity: 1 },
      quick,
    );
    expect([attempts, line.quantity]).toEqual([2, 6]);
  });

  test('by a deadlock is invisible to the callers', async () => {
    const rows = [await shop.offer(1), await shop.offer(1)];
    const raiseBoth = (em: EntityManager, ids: string[]) =>
      em.transactional(async (em) => {
        for (const id of ids)
          await em.execute('update stock_level set on_hand = on_hand + 1 where variant_id = ?', [id]);
      });
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        withRetry(orm.em, raiseBoth, index % 2 === 0 ? rows : rows.toReversed(), { ...quick, attempts: 50 }),
      ),
    );
    const levels = `select on_hand from stock_level where variant_id in ('${rows.join("', '")}')`;
    expect(await shop.rows(levels)).toEqual([{ on_hand: 21 }, { on_hand: 21 }]);
  });
});

test('without a server it fails with the last error, as a UserError', async () => {
  const away = await MikroORM.init({
    ...ormOptions({ url: 'postgres://shop_app:secret@127.0.0.1:1/shop' }),
    logger: () => undefined,
  });
  const read = (em: EntityManager) => em.execute('select 1');
  const failure = await withRetry(away.em, read, {}, { ...quick, attempts: 3 }).catch(
    (error: unknown) => error,
  );
  await away.close(true);
  expect(failure).toMatchObject({ code: 'database-unavailable', cause: { code: 'ECONNREFUSED' } });
  expect(String(failure)).not.toContain('secret');
});

test('a domain error is not retried', async () => {
  const input = { cartId: randomUUID(), variantId: randomUUID(), quantity: 1 };
  await expect(withRetry(orm.em, addToCart, input, quick)).rejects.toMatchObject({ code: 'cart-not-open' });
});

test('an abort ends the wait with its reason', async () => {
  const controller = new AbortController();
  const operation = failing(1, async (em) => {
    controller.abort(new Error('enough'));
    await conflict(em);
  });
  const waiting = withRetry(
    orm.em,
    operation,
    {},
    { baseDelayMs: 3_600_000, maxDelayMs: 3_600_000, signal: controller.signal },
  );
  await expect(waiting).rejects.toThrow('enough');
});

test('it refuses to run in a transaction', async () => {
  await expect(orm.em.transactional((em) => withRetry(em, failing(0, lose), {}))).rejects.toMatchObject({
    code: 'transaction-open',
  });
});

test('the answer to a repetition waits for the standby as a write does', async () => {
  const identity = { scope: 'test', key: 'durable', request: {} };
  const writes = () =>
    orm.em.transactional(async (em) => {
      await once(em, identity, async () => ({}));
      const rows = await em.execute<{ written: boolean }[]>(
        'select pg_current_xact_id_if_assigned() is not null as written',
      );
      return rows[0]?.written;
    });
  expect([await writes(), await writes()]).toEqual([true, true]);
});
