import { hash } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { bool, bytea, jsonb, nullable, text, toJson } from './sql-type.ts';
import { statement } from './statement.ts';

/** What identifies a request. */
export interface RequestIdentity {
  scope: string;
  key: string;
  /** What the key stands for: the same key with another request is an error. */
  request: object;
}

/**
 * Runs `operation` once for a key, in the caller's transaction, and returns its first result for every repetition. A
 * repetition that arrives while the first request runs waits for it, and runs if that one fails.
 *
 * @param operation its result is stored as JSON
 * @throws UserError `idempotency-conflict`: the key was used for another request
 */
export async function once<Result extends object>(
  em: EntityManager,
  identity: RequestIdentity,
  operation: () => Promise<Result>,
): Promise<Result> {
  const { scope, key } = identity;
  const claimed = await insertKey(em, requestKeyOf(identity));
  if (claimed.length === 0) return (await firstResponse<Result>(em, identity)) as Result;
  const response = await operation();
  await storeResponse(em, { scope, key, response });
  return response;
}

/** The parameters of {@link claimKey}; their values are of {@link requestKeyOf}. */
export const requestKey = { scope: text, key: text, requestHash: bytea };

/** SQL: inserts a key, unless it is there. */
export const claimKey = `insert into idempotency_key (scope, key, request_hash) values (:scope, :key, :requestHash)
  on conflict do nothing returning key`;

const insertKey = statement({ isPrepared: true, params: requestKey, row: { key: text }, sql: claimKey });

const storeResponse = statement({
  isPrepared: true,
  params: { scope: text, key: text, response: jsonb() },
  sql: 'update idempotency_key set response = :response where scope = :scope and key = :key',
});

// With a lock, this transaction's commit waits for the standby as the first one's did: where that one was cut off as it
// waited, an answer from here must not be lost by a failover either.
const lockResponse = statement({
  isPrepared: true,
  params: requestKey,
  row: { same: bool, response: nullable(jsonb<object>()) },
  sql: `select request_hash = :requestHash as same, response from idempotency_key
    where scope = :scope and key = :key for share`,
});

/** The key of a request, with the SHA-256 of what was requested. */
export function requestKeyOf({ scope, key, request }: RequestIdentity) {
  const requestHash = hash('sha256', toJson(request), 'buffer');
  return { scope, key, requestHash };
}

/**
 * The first response to a request with this key; null when this transaction itself has claimed the key.
 *
 * @throws UserError `idempotency-conflict`: the key was used for another request
 */
export async function firstResponse<Result extends object>(
  em: EntityManager,
  identity: RequestIdentity,
): Promise<Result | null> {
  const [first] = await lockResponse(em, requestKeyOf(identity));
  if (first?.same) return first.response as Result | null;
  throw idempotencyConflict(identity.key);
}

export function idempotencyConflict(key: string): UserError {
  return new UserError('idempotency-conflict', `The key '${key}' was used for another request.`, {
    hint: 'Use a new key for a new request, and the same one only to repeat a request.',
  });
}

/** {@link once} for a request with an optional `idempotencyKey`: without one it runs each time. */
export async function onceIfKeyed<Result extends object>(
  em: EntityManager,
  scope: string,
  request: { idempotencyKey?: string | undefined },
  operation: () => Promise<Result>,
): Promise<Result> {
  const { idempotencyKey: key } = request;
  return key === undefined ? await operation() : await once(em, { scope, key, request }, operation);
}
