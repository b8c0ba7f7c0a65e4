const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The tasks of the maintenance, with how often each is to run. */
export const taskIntervalsMs = {
  holds: minuteMs,
  payments: minuteMs,
  'expired-money': 10 * minuteMs,
  carts: hourMs,
  keys: hourMs,
  tokens: hourMs,
  'published-events': hourMs,
  'old-carts': dayMs,
  'audit-log': dayMs,
} as const;

/**
 * A task of {@link maintain}:
 *
 * - `holds`: cancels unpaid orders whose holds have expired;
 * - `payments`: asks the providers about transactions without an outcome;
 * - `expired-money`: returns what was paid of orders that `holds` has cancelled;
 * - `carts`: closes carts that have expired;
 * - `keys`, `tokens`: removes idempotency keys, sessions and tokens that have expired;
 * - `published-events`: removes events of the outbox that were published long ago;
 * - `old-carts`: removes carts that expired, or were merged, long ago;
 * - `audit-log`: adds partitions of the audit log for the coming months, and drops old ones.
 */
export type MaintenanceTask = keyof typeof taskIntervalsMs;

/** In the order in which they run. */
export const maintenanceTasks = Object.keys(taskIntervalsMs) as MaintenanceTask[];

/** Those that can run: what they need is there. */
export function feasibleTasks({
  payments,
  ownerEm,
}: {
  payments: readonly unknown[];
  ownerEm?: unknown;
}): MaintenanceTask[] {
  const has: Partial<Record<MaintenanceTask, boolean>> = {
    payments: payments.length > 0,
    'expired-money': payments.length > 0,
    'audit-log': ownerEm !== undefined,
  };
  return maintenanceTasks.filter((task) => has[task] ?? true);
}
