import { checkDatabaseUrl, UserError } from '@ecommerce-dms/errors';
import { z } from 'zod';
import { databaseUrl, functionOf, line, wholeNumber } from '../bounds.ts';
import {
  maintenanceAges,
  maintenanceIntervals,
  paymentProviders,
} from '../maintenance/maintenance-options.ts';
import type { TaskRun } from '../maintenance/operations/maintain.ts';
import type { EventHandler } from '../runtime/deliver-event.ts';
import type { RelayedBatch } from '../runtime/relay-outbox.ts';
import type { RelayedEvent } from '../runtime/relayed-event.ts';

/** What a worker tells of. */
export type WorkerEvent =
  | { type: 'listening'; port: number }
  /** It leads now; `term` is the id of this time. */
  | { type: 'leading'; term: string }
  /** Another worker leads; this one takes over when that ends. */
  | { type: 'standby' }
  /** The database cannot be reached, or leading has failed; it begins anew. */
  | { type: 'interrupted'; error: unknown }
  | { type: 'maintained'; runs: TaskRun[] }
  | { type: 'relayed'; batch: RelayedBatch }
  | { type: 'set-aside'; event: RelayedEvent & { lastError: string } }
  /** `isClean`: nothing was cut off after `stopTimeoutMs`. */
  | { type: 'stopped'; isClean: boolean };

const workerOptions = z.strictObject({
  url: databaseUrl,
  ownerUrl: databaseUrl.optional(),
  deliver: functionOf<EventHandler>().optional(),
  payments: paymentProviders.default([]),
  intervals: maintenanceIntervals.prefault({}),
  ages: maintenanceAges.prefault({}),
  relay: z
    .strictObject({
      batchSize: wholeNumber(1, 1000).optional(),
      deliveryTimeoutMs: wholeNumber(1, 3_600_000).optional(),
      maxAttempts: wholeNumber(1, 1_000_000).optional(),
      pollIntervalMs: wholeNumber(1, 3_600_000).optional(),
    })
    .prefault({}),
  port: wholeNumber(0, 65_535).optional(),
  host: line.min(1).default('127.0.0.1'),
  takeoverAfterMs: wholeNumber(500, 600_000).default(10_000),
  stopTimeoutMs: wholeNumber(0, 600_000).default(10_000),
  signal: z.instanceof(AbortSignal),
  onEvent: functionOf<(event: WorkerEvent) => void>().optional(),
});

/**
 * Options of {@link runWorker}.
 *
 * - `url`: of the writer as `shop_app`, without a pooler in between: a session is what makes a leader.
 * - `ownerUrl`: the same as `shop_migrator`; without it, the task `audit-log` does not run.
 * - `deliver`: the handler of {@link relayOutbox}; without it, no event is published.
 * - `payments`, `intervals`, `ages`: see {@link MaintenanceOptions}; an interval is when a task runs again.
 * - `relay`: `batchSize`, `deliveryTimeoutMs`, `maxAttempts`, `pollIntervalMs` of {@link RelayOptions}.
 * - `port`: where `/healthz` and `/readyz` answer; 0 for a free one, default none.
 * - `host`: the address of that port; default 127.0.0.1.
 * - `takeoverAfterMs`: after how long without a sign of life, 500 to 600,000 ms, the leader is replaced; default 10,000. One
 *   that has died is replaced within a second.
 * - `stopTimeoutMs`: how long what is under way may go on after the abort; default 10,000.
 * - `signal`: stops it.
 * - `onEvent`: told of what happens; what it throws ends the worker.
 */
export type WorkerOptions = z.input<typeof workerOptions>;

export type WorkerSettings = z.output<typeof workerOptions>;

/** @throws UserError `invalid-settings` with every fault; `invalid-database-url` */
export function parseWorker(options: WorkerOptions): WorkerSettings {
  const parsed = workerOptions.safeParse(options);
  if (!parsed.success) {
    throw new UserError('invalid-settings', `The worker cannot start:\n${z.prettifyError(parsed.error)}`);
  }
  checkDatabaseUrl(parsed.data.url);
  if (parsed.data.ownerUrl !== undefined) checkDatabaseUrl(parsed.data.ownerUrl);
  return parsed.data;
}
