import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { rows } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { int8, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';

const expiry = z.strictObject({ batchSize: rows.default(1000) });

/** Closes a batch of expired carts. */
export const closeDueCarts = statement({
  params: { batchSize: int8 },
  row: { id: uuid },
  sql: `with due as (
      select cart.id from status_index s join cart on cart.id = s.id
      where s.machine = 'cart' and s.status = 'open' and s.at <= now()
        and cart.status = 'open' and cart.expires_at <= now()
      order by s.at limit :batchSize for update of cart skip locked)
    update cart set status = 'expired' from due where cart.id = due.id returning cart.id`,
});

/**
 * Closes the carts that have expired, in batches of `batchSize` (default 1000), each in its own transaction. Carts that
 * another session has locked are left for the next call, so that any number of sweepers can run at once.
 *
 * @returns how many carts it closed
 * @throws UserError `invalid-input`
 */
export async function expireCarts(em: EntityManager, input: z.input<typeof expiry> = {}): Promise<number> {
  const { batchSize } = parseInput(expiry, input);
  let total = 0;
  for (;;) {
    const expired = await closeDueCarts(em, { batchSize });
    total += expired.length;
    if (expired.length < batchSize) return total;
  }
}
