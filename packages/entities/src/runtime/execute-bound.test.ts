import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { type EntityManager, MikroORM, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { expect, onTestFinished, test } from 'vitest';
import { useOpenShop } from '../../test/open-shop.ts';
import { ormOptions } from '../orm-options.ts';
import { executeBound } from './execute-bound.ts';
import { withRetry } from './with-retry.ts';

const shop = useOpenShop();
const insert = 'insert into idempotency_key (scope, key, request_hash) values ($1, $2, $3) returning key';
const hash = Buffer.alloc(32);

/** Runs a statement that the connection keeps prepared. */
const executePrepared = <Row>(em: EntityManager, text: string, values: unknown[]) =>
  executeBound<Row>(em, { text, values, isPrepared: true });

test('a connection parses a statement once, in and outside of transactions', async () => {
  const sql = 'select $1::bigint as amount, $2::text as none';
  await shop()
    .orm.em.fork()
    .transactional(async (em) => {
      for (let run = 0; run < 3; run++) {
        expect(await executePrepared(em, sql, [2n ** 60n, undefined])).toEqual([
          { amount: '1152921504606846976', none: null },
        ]);
      }
      const [prepared] = await em.execute<unknown[]>(
        `select count(*)::integer as statements, sum(generic_plans + custom_plans)::integer as runs
       from pg_prepared_statements where statement = ?`,
        [sql],
      );
      expect(prepared).toEqual({ statements: 1, runs: 3 });
    });
  expect(await executePrepared(shop().orm.em.fork(), sql, [1, 'x'])).toEqual([{ amount: '1', none: 'x' }]);
});

test('it runs in the transaction, is logged, and fails like other statements', async () => {
  const before = shop().queries.length;
  const twice = shop()
    .orm.em.fork()
    .transactional(async (em) => {
      for (let run = 0; run < 2; run++) await executePrepared(em, insert, ['test', 'twice', hash]);
    });
  await expect(twice).rejects.toBeInstanceOf(UniqueConstraintViolationException);
  const logged = shop()
    .queries.slice(before)
    .filter((query) => query.startsWith(insert));
  expect(logged).toHaveLength(2);
  expect(await shop().rows(`select key from idempotency_key where scope = 'test'`)).toEqual([]);
});

test('a migration that changes its result type is a conflict, after which it is prepared again', async () => {
  const database = await createTestDatabase();
  const orm = await MikroORM.init(ormOptions({ url: database.url }));
  onTestFinished(async () => {
    await orm.close();
    await database.drop();
  });
  const run = (sql: string) => orm.em.fork().execute(sql);
  await run('create table changing (id integer); insert into changing values (1)');
  const read = (em: EntityManager) => executePrepared(em, 'select id from changing', []);
  // Two connections have prepared it.
  const readTwice = () => Promise.all([1, 2].map(() => orm.em.fork().transactional(read)));
  await readTwice();
  await run('alter table changing alter id type bigint');
  await expect(read(orm.em.fork())).rejects.toThrow('cached plan must not change result type');
  expect(await readTwice()).toEqual([[{ id: '1' }], [{ id: '1' }]]);

  await run('alter table changing alter id type text');
  expect(await withRetry(orm.em, read, {})).toEqual([{ id: '1' }]);
});
