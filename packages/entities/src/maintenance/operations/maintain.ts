import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { maxLength, storable } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import {
  maintenanceOptions,
  type MaintenanceOptions,
  type ParsedMaintenance,
} from '../maintenance-options.ts';
import { feasibleTasks, type MaintenanceTask, maintenanceTasks } from '../maintenance-tasks.ts';
import { recordRun } from '../record-run.ts';
import { taskSteps } from '../task-steps.ts';

/** What became of a task. */
export interface TaskRun {
  task: MaintenanceTask;
  /** Rows that it changed or removed, orders whose money it returned, or partitions that it dropped. */
  affected: number;
  tookMs: number;
  /** Whether it ended for `maxTaskMs` or `signal`, and so left some of its work for the next run. */
  isUnfinished: boolean;
  /** Why it failed; undefined where it did not. */
  error?: unknown;
}

/**
 * Does what a shop needs done again and again: ends what has expired and returns its money, asks payment providers for
 * outcomes, removes what is old. In small transactions, none of them around a provider; killed at any moment, it loses nothing, and any number
 * may run at once. A task that fails does not stop the others; each run is recorded in `maintenance_run`, which the
 * check `maintenance.overdue` reads. {@link runWorker} calls it when each task is due.
 *
 * @returns what became of each task; a task that has not the means (see the options) is left out
 * @throws UserError `invalid-input`; `transaction-open`: it was called within a transaction
 * @example
 * ```ts
 * const runs = await maintain(em, { ages: { outboxDays: 14 } });
 * for (const { task, affected, error } of runs) console.log(task, affected, error ?? 'done');
 * ```
 */
export async function maintain(em: EntityManager, options: MaintenanceOptions = {}): Promise<TaskRun[]> {
  const parsed = parseInput(maintenanceOptions, options);
  if (em.isInTransaction()) {
    throw new UserError('transaction-open', 'The maintenance cannot run within a transaction.', {
      hint: 'Call it outside: each of its batches is a transaction of its own.',
    });
  }
  const asked = new Set(parsed.tasks ?? maintenanceTasks);
  const runs: TaskRun[] = [];
  for (const task of feasibleTasks(parsed)) {
    if (!asked.has(task) || parsed.signal?.aborted === true) continue;
    runs.push(await runTask(em, task, parsed));
  }
  return runs;
}

async function runTask(
  em: EntityManager,
  task: MaintenanceTask,
  options: ParsedMaintenance,
): Promise<TaskRun> {
  const step = taskSteps[task](em.fork(), options);
  const { signal, maxTaskMs, intervals } = options;
  const startedAt = performance.now();
  const tookMs = (): number => Math.round(performance.now() - startedAt);
  const run: TaskRun = { task, affected: 0, tookMs: 0, isUnfinished: false };
  try {
    for (let isDone = false; !isDone;) {
      const result = await step();
      run.affected += result.affected;
      isDone = result.isDone;
      run.isUnfinished = !isDone && (signal?.aborted === true || tookMs() >= maxTaskMs);
      if (run.isUnfinished) break;
    }
  } catch (error) {
    run.error = error;
  }
  run.tookMs = tookMs();
  try {
    const { affected } = run;
    const error = run.error === undefined ? null : storable(textOf(run.error), maxLength.error);
    await recordRun(em.fork(), { task, intervalMs: intervals[task], tookMs: run.tookMs, affected, error });
  } catch (error) {
    run.error ??= error;
  }
  return run;
}

function textOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error) || 'It failed.';
  } catch {
    return 'It failed.';
  }
}
