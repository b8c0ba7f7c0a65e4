import { UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { useOpenShop } from '../../test/open-shop.ts';
import { executePrepared } from './execute-prepared.ts';

const shop = useOpenShop();
const insert = 'insert into idempotency_key (scope, key, request_hash) values ($1, $2, $3) returning key';
const hash = Buffer.alloc(32);

test('a connection parses a statement once, in transactions or not', async () => {
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

test('it belongs to the transaction, is logged, and fails as other statements do', async () => {
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
