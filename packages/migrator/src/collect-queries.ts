import { isUserError, UserError } from '@ecommerce-dms/errors';
import { isRaw } from '@mikro-orm/core';
import type { Migration } from '@mikro-orm/migrations';
import { type AbstractSqlDriver, NativeQueryBuilder } from '@mikro-orm/postgresql';
import { type FileSettings, SqlMigration } from './files/sql-migration.ts';
import type { MigrationSource } from './migration-source.ts';

/** Whether a migration is applied or reverted. */
export type Direction = 'up' | 'down';

/** What a migration emits when it is called without a database. */
export interface Emission {
  /** SQL text, in order; blank ones are left out. None when `isOpaque`. */
  queries: string[];
  /** It runs queries itself, with `execute()` or the EntityManager: what it does shows only when it is run. */
  isOpaque: boolean;
  isTransactional: boolean;
  /** The settings of the run that its file replaces. */
  settings: FileSettings;
}

/**
 * Calls `up()` or `down()` of a fresh instance whose driver builds queries and runs none.
 *
 * @throws UserError `invalid-migration`: the module or the method throws, or emits something else than SQL.
 */
export async function emit(
  source: MigrationSource,
  direction: Direction,
  driver: AbstractSqlDriver,
): Promise<Emission> {
  const { guarded, wasUsed } = withoutExecution(driver);
  let migration: Migration | undefined;
  try {
    migration = await source.load(guarded);
    migration.reset();
    await migration[direction]();
  } catch (cause) {
    if (isUserError(cause)) throw cause;
    if (migration === undefined || !wasUsed()) throw failed(`${direction}()`, migration, cause);
  }
  const isTransactional = migration.isTransactional();
  const settings = migration instanceof SqlMigration ? migration.settings : {};
  if (wasUsed()) return { queries: [], isOpaque: true, isTransactional, settings };
  return { queries: queriesOf(migration, driver), isOpaque: false, isTransactional, settings };
}

/** The queries that a migration has given to `addSql()`, as SQL text; blank ones are left out. */
export function queriesOf(migration: Migration, driver: AbstractSqlDriver): string[] {
  const queries: unknown[] = migration.getQueries?.() ?? [];
  return queries.map((query) => queryText(query, driver)).filter((sql) => sql.trim() !== '');
}

/** The methods of a driver that run queries, or return something that does. */
const executing = new Set<PropertyKey>([
  'execute',
  'createEntityManager',
  'getConnection',
  'createQueryBuilder',
]);

/** A driver that builds queries and runs none, and whether it was asked to run one. */
function withoutExecution(driver: AbstractSqlDriver): {
  guarded: AbstractSqlDriver;
  wasUsed: () => boolean;
} {
  let isUsed = false;
  const refuse = (): never => {
    isUsed = true;
    throw new Error('a query is run before the run of the migration');
  };
  const guarded = new Proxy(driver, {
    get(target, key) {
      if (executing.has(key)) return refuse;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { guarded, wasUsed: () => isUsed };
}

function failed(method: string, migration: Migration | undefined, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const what = migration === undefined ? 'its code cannot be loaded' : `${method} failed`;
  return new UserError('invalid-migration', `${what}: ${reason}`, { cause });
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
