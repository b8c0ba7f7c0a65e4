import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { int8, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';

const batch = z.strictObject({ limit: z.int().positive().default(1000) });

const deleteExpiredTokens = statement({
  params: { limit: int8 },
  row: { id: uuid },
  sql: `delete from customer_token where id in (
      select id from customer_token where expires_at <= now() order by expires_at limit :limit
      for update skip locked)
    returning id`,
});

/**
 * Removes sessions and tokens that have expired, `limit` at a time (1000 unless told). They are refused anyway; this
 * is for the size of the table. Call it until it returns 0. Sweepers at the same time take different ones.
 *
 * @returns how many
 * @throws UserError `invalid-input`
 */
export async function removeExpiredTokens(
  em: EntityManager,
  request: z.input<typeof batch> = {},
): Promise<number> {
  const { limit } = parseInput(batch, request);
  const removed = await deleteExpiredTokens(em, { limit });
  return removed.length;
}
