import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { backoffMs } from './backoff.ts';
import { deliverEvent, type Delivery, type EventHandler } from './deliver-event.ts';
import { takeTurn, type TurnResult } from './lease-events.ts';
import type { RelayedEvent } from './relayed-event.ts';
import { transientFailure } from './transient-failure.ts';

/** How often a relay looks for expired leases. */
const lapsedIntervalMs = 500;

/** What became of a batch. */
export interface RelayedBatch {
  published: number;
  /** Attempts that failed; their events are tried again, or set aside. */
  failed: number;
  /** Events that are not tried again until {@link replayEvent} or {@link skipEvent}. */
  setAside: number;
}

/** The options of {@link relayOutbox}. */
export interface RelayOptions {
  handler: EventHandler;
  /** How many events are with the handler at once, 1 to 1000; default 50. */
  batchSize?: number;
  /** How long it waits when there is nothing to publish; default 500 ms. */
  pollIntervalMs?: number;
  /** How long the handler may take for an event, 1 to 3,600,000 ms; default 30,000. */
  deliveryTimeoutMs?: number;
  /** After how many unsuccessful deliveries an event is set aside, 1 to 1,000,000; default 25. */
  maxAttempts?: number;
  /** Stops the relay, once the handlers of its batch have ended; they receive it, too. */
  signal: AbortSignal;
  /** Called after each batch that was not empty. What it throws ends the relay. */
  onBatch?: (batch: RelayedBatch) => void;
  /**
   * Called for each event that is set aside, with the last error, to alert somebody. A relay that dies at that moment
   * does not call it: {@link listSetAsideEvents} and the check `outbox.set-aside` find all of them. What it throws
   * ends the relay.
   */
  onSetAside?: (event: RelayedEvent & { lastError: string }) => void;
}

/**
 * Publishes the events of the outbox until `signal` aborts, each at least once: again if the relay is killed before
 * it has recorded it. So a consumer drops an id that is not above the last one of its aggregate. Any number of relays
 * may run; the events of an aggregate are published in the order of their ids, never two at once. An event that fails
 * is tried again after 100 ms, 200 ms... up to 5 minutes, and holds up only its own aggregate; after `maxAttempts` it
 * is set aside, and still holds it up. Lost connections are opened again.
 *
 * The handler runs in no transaction. Its events are leased for twice `deliveryTimeoutMs` plus one second: that long
 * the events of a killed relay wait.
 *
 * @returns how many events were published and set aside, and how many attempts failed
 * @throws UserError `invalid-settings`; a database error that would happen again; what a callback throws
 * @example
 * ```ts
 * const { published } = await relayOutbox(em, {
 *   handler: async ({ id, topic, payload }, { signal }) => await queue.send({ id, topic, payload }, { signal }),
 *   signal, // ends it
 * });
 * ```
 */
export async function relayOutbox(em: EntityManager, options: RelayOptions): Promise<RelayedBatch> {
  const { handler, pollIntervalMs = 500, signal } = options;
  const { batchSize, deliveryTimeoutMs, maxAttempts } = checkedSettings(options);
  const total: RelayedBatch = { published: 0, failed: 0, setAside: 0 };
  let deliveries: Delivery[] = [];
  let lastLeaseId = randomUUID();
  let failures = 0;
  let lapsedEndedAt = -Infinity;
  // Once more after the abort, to record the last batch.
  while (!signal.aborted || deliveries.length > 0) {
    const leaseId = randomUUID();
    const endsLapsed = performance.now() - lapsedEndedAt >= lapsedIntervalMs;
    if (endsLapsed) lapsedEndedAt = performance.now();
    let result: TurnResult | undefined;
    let leasedAt = performance.now();
    while (result === undefined) {
      leasedAt = performance.now();
      try {
        result = await takeTurn(em.fork(), {
          deliveries,
          lastLeaseId,
          leaseId,
          batchSize: signal.aborted ? 0 : batchSize,
          endsLapsed,
          // The rest is for recording it, over a failover if need be.
          leaseMs: 2 * deliveryTimeoutMs + 1000,
          maxAttempts,
        });
        failures = 0;
      } catch (error) {
        if (transientFailure(error) === undefined) throw error;
        // What is not recorded now comes again after its lease.
        if (signal.aborted) return total;
        failures += 1;
        await pause(backoffMs(failures, { baseDelayMs: 50, maxDelayMs: 5000 }), signal);
      }
    }
    report(options, total, deliveries, result);
    // A process that was stopped since then may find its leases expired, and their events with another relay.
    const isLate = performance.now() - leasedAt > deliveryTimeoutMs + 1000;
    deliveries = await Promise.all(
      result.events.map(async (event): Promise<Delivery> => {
        if (isLate) return { event, result: 'cancelled' };
        return await deliverEvent(event, { handler, timeoutMs: deliveryTimeoutMs, ending: signal });
      }),
    );
    lastLeaseId = leaseId;
    if (deliveries.length === 0 && result.setAside.length === 0) await pause(pollIntervalMs, signal);
  }
  return total;
}

function report(
  { onBatch, onSetAside }: RelayOptions,
  total: RelayedBatch,
  deliveries: readonly Delivery[],
  { setAside }: TurnResult,
): void {
  const count = (result: Delivery['result']): number =>
    deliveries.filter((delivery) => delivery.result === result).length;
  const batch = { published: count('published'), failed: count('failed'), setAside: setAside.length };
  total.published += batch.published;
  total.failed += batch.failed;
  total.setAside += batch.setAside;
  for (const event of setAside) onSetAside?.(event);
  if (batch.published + batch.failed + batch.setAside > 0) onBatch?.(batch);
}

/** Waits, at most until the abort. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

function checkedSettings({ batchSize = 50, deliveryTimeoutMs = 30_000, maxAttempts = 25 }: RelayOptions) {
  const settings = { batchSize, deliveryTimeoutMs, maxAttempts };
  const largest = { batchSize: 1000, deliveryTimeoutMs: 3_600_000, maxAttempts: 1_000_000 };
  const faults = (['batchSize', 'deliveryTimeoutMs', 'maxAttempts'] as const)
    .filter((name) => {
      const value = settings[name];
      return !Number.isInteger(value) || value < 1 || value > largest[name];
    })
    .map((name) => `${name} is ${settings[name]}, not a whole number from 1 to ${largest[name]}`);
  if (faults.length > 0) {
    throw new UserError('invalid-settings', `The relay cannot start: ${faults.join('; ')}.`);
  }
  return settings;
}
