import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../parse-input.ts';
import { int8, text } from './sql-type.ts';
import { statement } from './statement.ts';

const batch = z.strictObject({ limit: z.int().positive().default(1000) });

const deleteExpiredKeys = statement({
  params: { limit: int8 },
  row: { key: text },
  sql: `delete from idempotency_key where (scope, key) in (
      select scope, key from idempotency_key where expires_at <= now() order by expires_at limit :limit
      for update skip locked)
    returning key`,
});

/**
 * Removes idempotency keys of requests of more than 7 days ago, `limit` at a time (1000 unless told): a request with
 * such a key is a new one. Call it until it returns 0. Sweepers at the same time take different ones.
 *
 * @returns how many
 * @throws UserError `invalid-input`
 */
export async function removeExpiredKeys(
  em: EntityManager,
  request: z.input<typeof batch> = {},
): Promise<number> {
  const { limit } = parseInput(batch, request);
  const removed = await deleteExpiredKeys(em, { limit });
  return removed.length;
}
