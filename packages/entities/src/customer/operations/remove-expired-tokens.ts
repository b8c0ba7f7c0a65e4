import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';

const batch = z.strictObject({ limit: z.int().positive().default(1000) });

/**
 * Removes sessions and tokens that have expired, `limit` at a time (1000 unless told). They are refused anyway; this
 * is for the size of the table. Call it until it returns 0. Sweepers at the same time take different ones.
 *
 * @returns how many
 * @throws UserError `bad-input`
 */
export async function removeExpiredTokens(
  em: EntityManager,
  request: z.input<typeof batch> = {},
): Promise<number> {
  const { limit } = parseInput(batch, request);
  const removed = await em.execute<unknown[]>(
    `delete from customer_token where id in (
       select id from customer_token where expires_at <= now() order by expires_at limit ? for update skip locked)
     returning id`,
    [limit],
  );
  return removed.length;
}
