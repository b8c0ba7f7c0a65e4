import { createHash } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';

/** Which request it is. */
export interface RequestIdentity {
  scope: string;
  key: string;
  /** What the key stands for: the same key with another request is an error. */
  request: object;
}

/**
 * Runs `operation` once for a key, in the caller's transaction, and answers every repetition with its first result.
 * A repetition that comes while the first request runs waits for it; where the first one fails, the next one runs.
 *
 * @param operation its result is stored as JSON
 * @throws UserError `idempotency-conflict` when the key was used for another request
 */
export async function once<Result extends object>(
  em: EntityManager,
  { scope, key, request }: RequestIdentity,
  operation: () => Promise<Result>,
): Promise<Result> {
  const hash = createHash('sha256').update(JSON.stringify(request, bigintAsText)).digest();
  const inserted = await em.execute<unknown[]>(
    `insert into idempotency_key (scope, key, request_hash) values (?, ?, ?) on conflict do nothing returning key`,
    [scope, key, hash],
  );
  if (inserted.length === 0) {
    // With a lock, this transaction's commit waits for the standby as the first one's did: where that one was cut off
    // as it waited, an answer from here must not be lost by a failover either.
    const [first] = await em.execute<{ same: boolean; response: Result }[]>(
      'select request_hash = ? as same, response from idempotency_key where scope = ? and key = ? for share',
      [hash, scope, key],
    );
    if (first?.same) return first.response;
    throw new UserError('idempotency-conflict', `The key '${key}' was used for another request.`, {
      hint: 'Use a new key for a new request, and the same one only to repeat a request.',
    });
  }
  const response = await operation();
  await em.execute('update idempotency_key set response = ?::jsonb where scope = ? and key = ?', [
    JSON.stringify(response),
    scope,
    key,
  ]);
  return response;
}

/** {@link once} for a request whose `idempotencyKey` is optional: one without a key runs whenever it is sent. */
export async function onceIfKeyed<Result extends object>(
  em: EntityManager,
  scope: string,
  request: { idempotencyKey?: string | undefined },
  operation: () => Promise<Result>,
): Promise<Result> {
  const { idempotencyKey: key } = request;
  return key === undefined ? await operation() : await once(em, { scope, key, request }, operation);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
