import { z } from 'zod';
import { key } from '../bounds.ts';
import { parseInput } from '../parse-input.ts';
import { text } from './sql-type.ts';
import { onlyRow, statement } from './statement.ts';
import type { Operation } from './with-retry.ts';

const actorName = z.strictObject({ actor: key });

/**
 * Wraps an operation so that it runs on behalf of a person, whom the audit log and the history of orders name as its
 * `actor`. It runs in a transaction with the setting `shop.actor`, which ends with it. Not for payment operations,
 * which cannot run in a transaction.
 *
 * @param actor an id of your own, 1 to 200 characters, without personal data: the logs cannot be changed
 * @throws UserError `invalid-input`
 * @example
 * ```ts
 * await withRetry(em, actingAs('support:17', cancelOrder), { orderId });
 * ```
 */
export function actingAs<Input, Result>(
  actor: string,
  operation: Operation<Input, Result>,
): Operation<Input, Result> {
  parseInput(actorName, { actor });
  return async (em, input) =>
    await em.transactional(async (em) => {
      const { actor: before } = onlyRow(await selectActor(em, {}));
      await setActor(em, { actor });
      const result = await operation(em, input);
      // The transaction may be the caller's, and go on. A rollback resets the setting by itself.
      await setActor(em, { actor: before });
      return result;
    });
}

const selectActor = statement({
  row: { actor: text },
  sql: `select coalesce(current_setting('shop.actor', true), '') as actor`,
});

const setActor = statement({
  params: { actor: text },
  row: { actor: text },
  sql: `select set_config('shop.actor', :actor, true) as actor`,
});
