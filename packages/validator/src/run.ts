import { UserError } from '@ecommerce-dms/errors';
import { bundle } from './bundles.ts';
import type { Check, RowCheck } from './check.ts';
import { type Evaluated, evaluateBundle, evaluateFindings, provenResult } from './evaluate.ts';
import { proveChecks } from './proof/prove.ts';
import { runTasks, type Task } from './run-tasks.ts';
import type { SampleOptions } from './samples.ts';
import { isRecoveryConflict, RecoveryConflict } from './server-error.ts';
import { SessionPool } from './session-pool.ts';
import type { Session } from './session.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { readTables } from './tables.ts';
import { waitForLsn } from './wait-for-lsn.ts';

export interface RunSettings extends SampleOptions {
  url: string;
  checks: readonly Check[];
  paranoid: boolean;
  concurrency: number;
  waitForLsn: string | undefined;
  waitTimeoutMs: number;
  conflictTimeoutMs: number;
  signal: AbortSignal | undefined;
}

export interface RunResult extends Evaluated {
  snapshot: Snapshot;
  scans: number;
  statements: number;
}

/**
 * Evaluates all checks on one snapshot.
 *
 * @throws RecoveryConflict when a standby cancelled the run; UserError `connection-lost`; the signal's reason
 */
export async function run(settings: RunSettings): Promise<RunResult> {
  const { signal } = settings;
  const pool = new SessionPool(settings.url, signal, settings.paranoid);
  let snapshot: Snapshot | undefined;
  try {
    const coordinator = await pool.open();
    if (settings.waitForLsn !== undefined) {
      await waitForLsn(coordinator, settings.waitForLsn, settings.waitTimeoutMs, signal);
    }
    snapshot = await takeSnapshot(coordinator);
    const done = await evaluate(settings, pool, coordinator, snapshot);
    return { snapshot, ...done, scans: pool.total('scans'), statements: pool.total('statements') };
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    const isLost = pool.sessions.some((session) => session.lost);
    if (snapshot?.role === 'standby' && (isLost || isRecoveryConflict(error))) {
      throw new RecoveryConflict('', { cause: error });
    }
    if (!isLost) throw error;
    throw new UserError('connection-lost', 'The server closed the connection while the checks ran.', {
      hint: 'Check that the server still runs, and its log; then run the checks again.',
      cause: error,
    });
  } finally {
    await pool.close();
  }
}

/** Proves what it can from the catalog, and reads the rest: the row checks of a source in one pass. */
async function evaluate(
  settings: RunSettings,
  pool: SessionPool,
  coordinator: Session,
  snapshot: Snapshot,
): Promise<Evaluated> {
  const { checks, paranoid, concurrency } = settings;
  const proven = paranoid ? new Map<RowCheck, string>() : await proveChecks(coordinator, checks);
  const open = checks.filter((check) => check.kind === 'findings' || !proven.has(check));
  const bundles = bundle(open, await readTables(coordinator, open));
  const tasks: Task[] = [];
  for (const item of bundles) tasks.push((session) => evaluateBundle(session, item, settings));
  for (const check of open) {
    if (check.kind === 'findings') tasks.push((session) => evaluateFindings(session, check, snapshot));
  }
  const done = await runTasks(tasks, { pool, coordinator, snapshot, concurrency });
  const provenResults = [...proven].map(([check, guarantee]) => provenResult(check, guarantee));
  return {
    results: [...provenResults, ...done.flatMap(({ results }) => results)],
    sources: done.flatMap(({ sources }) => sources),
  };
}
