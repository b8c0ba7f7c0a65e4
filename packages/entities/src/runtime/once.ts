import { createHash } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { executePrepared } from './execute-prepared.ts';

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
  identity: RequestIdentity,
  operation: () => Promise<Result>,
): Promise<Result> {
  const { scope, key } = identity;
  const claimed = await executePrepared(em, `${claimKey} returning key`, [scope, key, requestHash(identity)]);
  if (claimed.length === 0) return (await firstResponse<Result>(em, identity)) as Result;
  const response = await operation();
  await executePrepared(em, 'update idempotency_key set response = $3::jsonb where scope = $1 and key = $2', [
    scope,
    key,
    JSON.stringify(response),
  ]);
  return response;
}

/** SQL: inserts a key, unless it is there. Its parameters are the scope, the key and the {@link requestHash}. */
export const claimKey =
  'insert into idempotency_key (scope, key, request_hash) values ($1, $2, $3) on conflict do nothing';

/** SHA-256 of what was requested. */
export function requestHash({ request }: RequestIdentity): Buffer {
  return createHash('sha256').update(JSON.stringify(request, bigintAsText)).digest();
}

/**
 * What a request with this key was answered first; null when this transaction itself has claimed the key.
 *
 * @throws UserError `idempotency-conflict` when the key was used for another request
 */
export async function firstResponse<Result extends object>(
  em: EntityManager,
  identity: RequestIdentity,
): Promise<Result | null> {
  const { scope, key } = identity;
  // With a lock, this transaction's commit waits for the standby as the first one's did: where that one was cut off
  // as it waited, an answer from here must not be lost by a failover either.
  const [first] = await executePrepared<{ same: boolean; response: Result | null }>(
    em,
    'select request_hash = $3 as same, response from idempotency_key where scope = $1 and key = $2 for share',
    [scope, key, requestHash(identity)],
  );
  if (first?.same) return first.response;
  throw new UserError('idempotency-conflict', `The key '${key}' was used for another request.`, {
    hint: 'Use a new key for a new request, and the same one only to repeat a request.',
  });
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
