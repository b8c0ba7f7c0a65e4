import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { rows } from '../bounds.ts';
import { parseInput } from '../parse-input.ts';
import { float8, int4, int8 } from './sql-type.ts';
import { onlyRow, statement } from './statement.ts';

const batch = z.strictObject({ limit: rows.default(1000) });

/** How many rows a batch removes at most; default 1000. */
export type RemovalBatch = z.input<typeof batch>;

/** An operation that removes a batch of a table's expired rows and returns their number; `key` is the primary key. */
export function removeExpired(table: string, key: string) {
  const removeLate = removeLateRows(table, key);
  return async (em: EntityManager, input: RemovalBatch = {}): Promise<number> =>
    await removeLate(em, { ...parseInput(batch, input), lateMs: 0 });
}

/** Removes up to `limit` rows whose expiry is `lateMs` ago, or so long ahead where it is negative. */
export function removeLateRows(table: string, key: string) {
  const deleteLate = statement({
    params: { limit: int8, lateMs: float8 },
    row: { removed: int4 },
    sql: `with removed as (
        delete from ${table} where (${key}) in (
          select ${key} from ${table} where expires_at <= now() - make_interval(secs => :lateMs::float8 / 1000)
          order by expires_at limit :limit for update skip locked)
        returning 1)
      select count(*)::integer as removed from removed`,
  });
  return async (em: EntityManager, batch: { limit: number; lateMs: number }): Promise<number> =>
    onlyRow(await deleteLate(em, batch)).removed;
}
