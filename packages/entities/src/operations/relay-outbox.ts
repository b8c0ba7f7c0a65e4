import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { backoffMs } from './backoff.ts';
import { type EventHandler, relayBatch, type RelayedBatch } from './relay-batch.ts';
import { transientFailure } from './transient-failure.ts';

/** What {@link relayOutbox} takes. */
export interface RelayOptions {
  handler: EventHandler;
  /** How many events are with the handler at once, 1 to 1000; 50 unless told. */
  batchSize?: number;
  /** How long it waits when there is nothing to publish; 500 ms unless told. */
  pollIntervalMs?: number;
  /** Ends the relay, after the batch that it is at. */
  signal: AbortSignal;
  /** Told of each batch that was not empty. */
  onBatch?: (batch: RelayedBatch) => void;
}

/**
 * Publishes the events of the outbox until `signal` aborts, each at least once: again if the relay is killed before
 * it has recorded it. A consumer has to bear that: it drops an id that is not above the last one of the aggregate. Any number of relays may run; the events of
 * an aggregate are published in the order of their ids, never two at once. An event that fails is tried again after
 * 100 ms, 200 ms... up to 5 minutes, and holds up its own aggregate only. Lost connections are made anew.
 *
 * A transaction is open while the handler works: it should take seconds at most.
 *
 * @returns how many events were published, and how many attempts failed
 * @throws UserError `bad-batch-size`; what a database error is that would happen again
 * @example
 * ```ts
 * const { published } = await relayOutbox(em, {
 *   handler: async ({ id, topic, payload }) => await queue.send({ id, topic, payload }),
 *   signal, // ends it
 * });
 * ```
 */
export async function relayOutbox(em: EntityManager, options: RelayOptions): Promise<RelayedBatch> {
  const { handler, batchSize = 50, pollIntervalMs = 500, signal } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 1000) {
    throw new UserError('bad-batch-size', `A batch has 1 to 1000 events, not ${batchSize}.`, { exitCode: 2 });
  }
  const total: RelayedBatch = { published: 0, failed: 0 };
  let failures = 0;
  while (!signal.aborted) {
    let idleMs = 0;
    try {
      const batch = await relayBatch(em.fork(), { handler, batchSize, signal });
      failures = 0;
      total.published += batch.published;
      total.failed += batch.failed;
      if (batch.published + batch.failed === 0) idleMs = pollIntervalMs;
      else options.onBatch?.(batch);
    } catch (error) {
      if (transientFailure(error) === undefined) throw error;
      failures += 1;
      idleMs = backoffMs(failures, { baseDelayMs: 50, maxDelayMs: 5000 });
    }
    // An abort ends it early.
    if (idleMs > 0) await delay(idleMs, undefined, { signal }).catch(() => undefined);
  }
  return total;
}
