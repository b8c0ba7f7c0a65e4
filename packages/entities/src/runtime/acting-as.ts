import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../parse-input.ts';
import { text } from './sql-type.ts';
import { onlyRow, statement } from './statement.ts';
import type { Operation } from './with-retry.ts';

const actorName = z.strictObject({ actor: z.string().min(1).max(200) });

/** The setting of a transaction that names its actor. */
const setting = 'shop.actor';

/**
 * Wraps an operation so that it runs on behalf of a person, whom the audit log, the ledgers, the payment transactions
 * and the history of orders name as its `actor`. Who that is, is your application's word. Each transaction of the
 * operation has the setting `shop.actor`, which ends with it; the operation itself is no transaction, so that a payment
 * operation can be one.
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
    em.isInTransaction()
      ? await inTransaction(em, actor, operation, input)
      : await operation(em.fork({ session: { variables: { [setting]: actor } } }), input);
}

/** Within a transaction of the caller's, which goes on. */
async function inTransaction<Input, Result>(
  em: EntityManager,
  actor: string,
  operation: Operation<Input, Result>,
  input: Input,
): Promise<Result> {
  return await em.transactional(async (em) => {
    const { actor: before } = onlyRow(await selectActor(em, {}));
    await setActor(em, { actor });
    const result = await operation(em, input);
    // A rollback resets the setting by itself.
    await setActor(em, { actor: before });
    return result;
  });
}

const selectActor = statement({
  row: { actor: text },
  sql: `select coalesce(current_setting('${setting}', true), '') as actor`,
});

/** Names the actor of the transaction. */
export const setActor = statement({
  params: { actor: text },
  row: { actor: text },
  sql: `select set_config('${setting}', :actor, true) as actor`,
});
