import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { backoffMs } from './backoff.ts';
import { type TransientFailure, transientFailure } from './transient-failure.ts';

/**
 * An operation of the shop: `checkout`, `addToCart`... Callers pass an EntityManager and an input. A function with a
 * third argument, even an optional one, is not assignable: nobody would pass it.
 */
export type Operation<Input, Result> = (
  em: EntityManager,
  input: Input,
  ...none: unknown[]
) => Promise<Result>;

/** How often and how long {@link withRetry} tries. */
export interface RetryOptions {
  /**
   * Whether the operation may run again after a lost connection, although it may have been committed. Default:
   * whether the input has an `idempotencyKey`.
   */
  idempotent?: boolean;
  /** How often the operation runs at most; default 10. */
  attempts?: number;
  /** The longest first delay, which doubles with each attempt; default 50 ms. */
  baseDelayMs?: number;
  /** The longest delay; default 2 s. */
  maxDelayMs?: number;
  /** Ends the wait for the next attempt; a running attempt is not interrupted. */
  signal?: AbortSignal | undefined;
}

/**
 * Runs an operation, and repeats it with the same input in a new `EntityManager` after a conflict with another
 * transaction (SQLSTATE 40001, 40P01, 55P03), while the server cannot be reached or fails over, and, if `idempotent`,
 * after a lost connection.
 *
 * @throws what the operation throws, unless it is such a failure; the reason of `signal`; UserError
 *   `transaction-open`; after the last attempt `database-busy`, `database-unavailable`; `outcome-unknown`: the
 *   connection was lost, and the operation may or may not have been committed
 * @example
 * ```ts
 * const order = await withRetry(em, checkout, request); // again after a deadlock, a failover, a lost connection
 * ```
 */
export async function withRetry<Input, Result>(
  em: EntityManager,
  operation: Operation<Input, Result>,
  input: Input,
  options: RetryOptions = {},
): Promise<Result> {
  const { idempotent = hasIdempotencyKey(input), attempts = 10, signal } = options;
  const delays = { baseDelayMs: options.baseDelayMs ?? 50, maxDelayMs: options.maxDelayMs ?? 2000 };
  if (em.isInTransaction()) {
    throw new UserError('transaction-open', 'An operation cannot be retried within a transaction.', {
      hint: 'Retry the whole transaction: call withRetry outside of it.',
    });
  }
  let lost = false;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await operation(em.fork(), input);
    } catch (error) {
      const failure = transientFailure(error);
      if (failure === undefined) throw error;
      lost ||= failure === 'connection-lost';
      if ((lost && !idempotent) || attempt >= attempts) throw givingUp(failure, lost, attempt, error);
    }
    // An abort ends it early; the loop then throws the reason.
    await delay(backoffMs(attempt, delays), undefined, { signal }).catch(() => undefined);
  }
}

function givingUp(failure: TransientFailure, lost: boolean, attempts: number, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const tried = attempts === 1 ? 'at the first attempt' : `after ${attempts} attempts`;
  if (lost) {
    return new UserError('outcome-unknown', `The connection to the database was lost ${tried}: ${reason}`, {
      hint: 'It may have been done: check before you repeat it, or repeat it with the same idempotency key.',
      cause,
    });
  }
  if (failure === 'conflict') {
    return new UserError('database-busy', `Other transactions conflicted with it ${tried}: ${reason}`, {
      hint: 'Nothing was done. Try again later.',
      cause,
    });
  }
  return new UserError('database-unavailable', `The database could not be reached ${tried}: ${reason}`, {
    hint: 'Nothing was done. Try again when the database is back.',
    cause,
  });
}

function hasIdempotencyKey(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'idempotencyKey' in input;
}
