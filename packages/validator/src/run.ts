import { UserError } from '@ecommerce-dms/errors';
import { bundle } from './bundles.ts';
import type { Check, RowCheck } from './check.ts';
import { evaluateBundle, evaluateFindings, provenResult } from './evaluate.ts';
import type { EvaluateOptions } from './evaluate.ts';
import { proveChecks } from './proof/prove.ts';
import type { CheckResult, SourceResult } from './report.ts';
import { isRecoveryConflict, RecoveryConflict } from './server-error.ts';
import { SessionPool } from './session-pool.ts';
import type { Session } from './session.ts';
import { importSnapshot, takeSnapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { readTables } from './tables.ts';
import { waitForLsn } from './wait-for-lsn.ts';

export interface RunSettings {
  url: string;
  checks: readonly Check[];
  paranoid: boolean;
  sampleLimit: number;
  concurrency: number;
  redact: (column: string) => boolean;
  waitFor: { lsn: string; timeoutMs: number } | undefined;
  signal: AbortSignal | undefined;
}

export interface RunResult {
  snapshot: Snapshot;
  results: CheckResult[];
  sources: SourceResult[];
  scans: number;
  statements: number;
}

/** Evaluates all checks on one snapshot. Throws RecoveryConflict when a standby cancelled it. */
export async function run(settings: RunSettings): Promise<RunResult> {
  const { waitFor, signal } = settings;
  const pool = new SessionPool(settings.url, signal);
  let snapshot: Snapshot | undefined;
  try {
    const coordinator = await pool.open();
    if (waitFor) await waitForLsn(coordinator, waitFor.lsn, waitFor.timeoutMs, signal);
    snapshot = await takeSnapshot(coordinator);
    const done = await evaluate(settings, pool, coordinator, snapshot);
    return { snapshot, ...done, scans: pool.total('scans'), statements: pool.total('statements') };
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    const lost = pool.sessions.some((session) => session.lost);
    if (snapshot?.role === 'standby' && isRecoveryConflict(error, lost)) {
      throw new RecoveryConflict('', { cause: error });
    }
    if (!lost) throw error;
    throw new UserError('connection-lost', 'The server closed the connection while the checks ran.', {
      hint: 'Check that the server still runs, and its log; then run the checks again.',
      cause: error,
    });
  } finally {
    await pool.close();
  }
}

async function evaluate(
  settings: RunSettings,
  pool: SessionPool,
  coordinator: Session,
  snapshot: Snapshot,
): Promise<Pick<RunResult, 'results' | 'sources'>> {
  const { checks } = settings;
  const fatal: EvaluateOptions['fatal'] = (session, error) =>
    pool.stopped || session.lost || (snapshot.role === 'standby' && isRecoveryConflict(error, session.lost));
  const options = { sampleLimit: settings.sampleLimit, redact: settings.redact, fatal };
  const results: CheckResult[] = [];
  const sources: SourceResult[] = [];

  const tables = await readTables(coordinator, checks);
  const proven = settings.paranoid
    ? new Map<RowCheck, string>()
    : await proveChecks(coordinator, checks, (error) => fatal(coordinator, error));
  for (const [check, guarantee] of proven) results.push(provenResult(check, guarantee));

  const open = checks.filter((check) => check.kind === 'findings' || !proven.has(check));
  const tasks: ((session: Session) => Promise<void>)[] = bundle(open, tables).map(
    (item) => async (session) => {
      const done = await evaluateBundle(session, item, options);
      sources.push(done.source);
      results.push(...done.results);
    },
  );
  for (const check of open) {
    if (check.kind !== 'findings') continue;
    tasks.push(async (session) => {
      results.push(await evaluateFindings(session, check, snapshot, options));
    });
  }
  const work = async (session: Session) => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) await task(session);
  };
  const help = async () => {
    const session = await pool.open();
    await importSnapshot(session, snapshot);
    await work(session);
  };
  const helpers = Math.max(0, Math.min(settings.concurrency, tasks.length) - 1);
  const workers = [work(coordinator), ...Array.from({ length: helpers }, help)];
  try {
    await Promise.all(workers);
  } catch (error) {
    // What the other sessions still run serves nobody.
    pool.stop();
    await Promise.allSettled(workers);
    throw error;
  }
  return { results, sources };
}
