import { createHash } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import { isRaw } from '@mikro-orm/core';
import type { Migration } from '@mikro-orm/migrations';
import { type AbstractSqlDriver, NativeQueryBuilder } from '@mikro-orm/postgresql';

/** Whether a migration is applied or reverted. */
export type Direction = 'up' | 'down';

/** The methods of a driver that run queries, or return something that does. */
const executing = new Set<PropertyKey>([
  'execute',
  'createEntityManager',
  'getConnection',
  'createQueryBuilder',
]);

/**
 * A driver for migrations that only emit statements: it builds queries and runs none.
 *
 * What a migration does must be known before it runs: the checksum, the dry run and resuming depend on it.
 */
export function withoutExecution(driver: AbstractSqlDriver): AbstractSqlDriver {
  return new Proxy(driver, {
    get(target, key) {
      if (executing.has(key)) return refuseExecution;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function refuseExecution(): never {
  throw new Error('it runs queries itself; emit every statement with addSql() instead');
}

/**
 * The queries that `up()` or `down()` emits, in order, as SQL text; blank ones are left out.
 *
 * @throws UserError `invalid-migration`: the method throws, or emits something else than SQL.
 */
export async function collectQueries(
  migration: Migration,
  direction: Direction,
  driver: AbstractSqlDriver,
): Promise<string[]> {
  migration.reset();
  try {
    await migration[direction]();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError('invalid-migration', `${direction}() failed: ${reason}`, { cause });
  }
  const queries: unknown[] = migration.getQueries?.() ?? [];
  return queries.map((query) => queryText(query, driver)).filter((sql) => sql.trim() !== '');
}

function queryText(query: unknown, driver: AbstractSqlDriver): string {
  if (typeof query === 'string') return query;
  const fragment = query instanceof NativeQueryBuilder ? query.toRaw() : query;
  if (isRaw(fragment)) return driver.getPlatform().formatQuery(fragment.sql, fragment.params);
  throw new UserError(
    'invalid-migration',
    'addSql() was given something that is neither SQL text nor a query.',
  );
}

/** SHA-256, in hex, of the queries, each followed by U+0000 (which SQL text cannot hold). Nothing is normalised. */
export function checksumOf(queries: readonly string[]): string {
  const hash = createHash('sha256');
  for (const query of queries) hash.update(query).update('\0');
  return hash.digest('hex');
}
