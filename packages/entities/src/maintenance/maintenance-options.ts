import { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { days, listOf, milliseconds, months, objectWith, rows, wholeNumber } from '../bounds.ts';
import type { PaymentProvider } from '../payment/operations/payment-provider.ts';
import { type MaintenanceTask, maintenanceTasks, taskIntervalsMs } from './maintenance-tasks.ts';

const longestMs = 31_622_400_000;

/** How often each task runs, in ms. */
export const maintenanceIntervals = z.strictObject(
  Object.fromEntries(
    maintenanceTasks.map((task) => [task, wholeNumber(100, longestMs).default(taskIntervalsMs[task])]),
  ) as Record<MaintenanceTask, z.ZodDefault<z.ZodInt>>,
);

/** How long rows are kept that nothing needs any more. */
export const maintenanceAges = z.strictObject({
  outboxDays: days.default(30),
  cartDays: days.default(90),
  keyDays: days.default(7),
  auditLogMonths: months.default(24),
});

export const paymentProviders = listOf(objectWith<PaymentProvider>('submit', 'find', 'cancel'), 100);

/** The options of {@link maintain}. */
export const maintenanceOptions = z.strictObject({
  tasks: listOf(z.enum(maintenanceTasks), 100).optional(),
  payments: paymentProviders.default([]),
  ownerEm: z.instanceof(EntityManager).optional(),
  intervals: maintenanceIntervals.prefault({}),
  ages: maintenanceAges.prefault({}),
  batchSize: rows.default(500),
  maxTaskMs: milliseconds.default(60_000),
  providerTimeoutMs: milliseconds.min(1).default(30_000),
  signal: z.instanceof(AbortSignal).optional(),
});

/**
 * Options of {@link maintain}; all may be left out.
 *
 * - `tasks`: those that run; default all that it has the means for.
 * - `payments`: the providers that `payments` and `expired-money` ask; without one they do not run.
 * - `ownerEm`: an EntityManager as `shop_migrator`, for `audit-log`, which does not run without.
 * - `intervals`: how often you run each task, in ms, for the check `maintenance.overdue`; default each minute `holds`
 *   and `payments`, every 10 minutes `expired-money`, each hour the other sweeps, each day `old-carts` and `audit-log`.
 * - `ages`: `outboxDays` (30) after its publication an event is removed, `cartDays` (90) after its expiry a cart,
 *   `keyDays` (7) after its request an idempotency key, and after `auditLogMonths` (24) a partition of the audit log.
 * - `batchSize`: rows a transaction, 1 to 100,000; default 500.
 * - `maxTaskMs`: after which time a task leaves the rest for the next run; default 60,000.
 * - `providerTimeoutMs`: how long a provider may take for an answer; default 30,000.
 * - `signal`: ends it after the batch that is under way.
 */
export type MaintenanceOptions = z.input<typeof maintenanceOptions>;

export type ParsedMaintenance = z.output<typeof maintenanceOptions>;

/** See {@link MaintenanceOptions}. */
export type MaintenanceAges = z.input<typeof maintenanceAges>;
/** See {@link MaintenanceOptions}. */
export type MaintenanceIntervals = z.input<typeof maintenanceIntervals>;
