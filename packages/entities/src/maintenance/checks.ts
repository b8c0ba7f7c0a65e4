import { type Check, noRows } from '@ecommerce-dms/validator';
import { ago } from '../runtime/ago.ts';
import type { MaintenanceTask } from './maintenance-tasks.ts';

/** How many intervals a task may be late. */
const lateIntervals = 3;
/** How long work may wait where nobody has ever run the task. */
const unattendedMs = 86_400_000;

/**
 * What waits for a task that nobody has ever run. `published-events` and `old-carts` are not among them: how long those
 * are kept is what they are run with; nor `tokens`, which not every role may read.
 */
const waiting: Partial<Record<MaintenanceTask, string>> = {
  holds: `select from stock_reservation where status = 'held' and expires_at < ${ago(unattendedMs)}`,
  payments: `select from payment_transaction
    where status = 'pending' and not is_external and created_at < ${ago(unattendedMs)}`,
  carts: `select from cart where status = 'open' and expires_at < ${ago(unattendedMs)}`,
  keys: `select from idempotency_key where expires_at < ${ago(unattendedMs)}`,
};

/** What nobody does although it is due. */
export function maintenanceChecks(graceMs: number): Check[] {
  const never = Object.entries(waiting).map(
    ([task, rows]) => `select '${task}', null::timestamptz, null::text
      where not exists (select from maintenance_run where task = '${task}') and exists (${rows})`,
  );
  return [
    noRows({
      id: 'maintenance.overdue',
      description:
        'The maintenance succeeds as often as it is to run, and where it never ran, there is nothing for it to do.',
      severity: 'warning',
      sql: [
        `select task, finished_at, error from maintenance_run
      where coalesce(finished_at, case when error is null then started_at else '-infinity' end)
        < ${ago(graceMs)} - make_interval(secs => ${lateIntervals} * interval_ms / 1000.0)`,
        ...never,
      ].join('\n    union all '),
      key: ['task'],
      show: ['finished_at', 'error'],
      fix: 'Run a worker (runWorker, dms worker), or maintain() from a scheduler. Delete the row of a task that you have given up.',
    }),
  ];
}
