import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import type { Check } from './check.ts';
import { isPersonal } from './redact.ts';
import { buildReport } from './build-report.ts';
import type { Report } from './report.ts';
import { run, type RunResult, type RunSettings } from './run.ts';
import { RecoveryConflict } from './server-error.ts';

/** What to check, where, and how. */
export interface ValidateOptions {
  /** URL of the writer or a standby. The role needs SELECT on what the checks read, and nothing else. */
  url: string;
  checks: readonly Check[];
  /** Also scans what the catalog proves, and trusts no index. Default false. */
  paranoid?: boolean;
  /** How many failing rows a row check reports at most. Default 5. */
  sampleLimit?: number;
  /** Number of connections that scan in parallel. Default 2. */
  concurrency?: number;
  /** WAL position that the server must have reached before it is read: `snapshotLsn` of the writer's report. */
  waitForLsn?: string;
  /** How long to wait for `waitForLsn`, in ms. Default 30 000. */
  waitTimeoutMs?: number;
  /**
   * How long to try again on a standby whose replay cancels the checks, in ms: with growing pauses, and a new snapshot
   * each time. Default 60,000; 0 tries once.
   */
  conflictTimeoutMs?: number;
  /** Whether a column's values are masked in the report. Default: by names such as `email`, `line1`, `token_hash`. */
  redact?: (column: string) => boolean;
  /** Cancels the running queries on the server; `validate` then throws the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Runs checks against a live database: all on one snapshot, the row checks of a source in one pass. It only reads, and
 * works on a hot standby, where it takes a new snapshot after a conflict with recovery. What goes wrong in a single check
 * is in the report.
 *
 * @throws UserError `invalid-settings` with every fault; `invalid-database-url`, `database-unreachable`, `connection-lost`
 * @throws UserError `replay-timeout` if `waitForLsn` is not reached in time; `recovery-conflict` if a standby
 * cancels the checks for `conflictTimeoutMs`
 * @throws the signal's reason, when it aborts
 * @example
 * ```ts
 * import { exitCode, renderReport, rowCheck, table, validate } from '@ecommerce-dms/validator';
 *
 * const report = await validate({
 *   url: 'postgres://readonly@127.0.0.1:5432/shop',
 *   checks: [
 *     rowCheck({ id: 'order.total', description: 'Totals are not negative.', on: table('sales_order'), that: 'total >= 0' }),
 *   ],
 * });
 * console.log(renderReport(report));
 * process.exitCode = exitCode(report);
 * ```
 */
export async function validate(options: ValidateOptions): Promise<Report> {
  const settings = settingsOf(options);
  const { checks, conflictTimeoutMs } = settings;
  const startedAt = new Date();
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    let result: RunResult;
    try {
      result = await run(settings);
    } catch (error) {
      if (!(error instanceof RecoveryConflict)) throw error;
      const spent = performance.now() - started;
      // From half a second to eight, so that what the standby has to catch up with can pass.
      const pause = Math.min(500 * 2 ** (attempt - 1), 8000) * (0.5 + Math.random() / 2);
      if (spent + pause > conflictTimeoutMs) {
        throw new UserError(
          'recovery-conflict',
          `The standby cancelled the checks ${attempt} times in ${Math.round(spent / 1000)} s.`,
          {
            hint: 'Raise max_standby_streaming_delay, turn hot_standby_feedback on, or check the writer.',
            cause: error.cause,
          },
        );
      }
      await delay(pause, undefined, { signal: settings.signal }).catch(() => {
        throw settings.signal?.reason;
      });
      continue;
    }
    return buildReport(checks, result, startedAt, performance.now() - started, attempt);
  }
}

/** The options with their defaults, once they are valid. */
function settingsOf({
  url,
  checks,
  paranoid = false,
  sampleLimit = 5,
  concurrency = 2,
  waitForLsn,
  waitTimeoutMs = 30_000,
  conflictTimeoutMs = 60_000,
  redact = isPersonal,
  signal,
}: ValidateOptions): RunSettings {
  const faults: string[] = [];
  const ids = checks.map((check) => check.id);
  const repeated = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  for (const id of repeated) faults.push(`more than one check has the id ${id}`);
  for (const [name, value] of Object.entries({
    sampleLimit,
    concurrency,
    waitTimeoutMs,
    conflictTimeoutMs,
  })) {
    const least = name === 'concurrency' ? 1 : 0;
    if (!Number.isInteger(value) || value < least)
      faults.push(`${name} must be an integer of at least ${least}`);
  }
  if (waitForLsn !== undefined && !/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/i.test(waitForLsn)) {
    faults.push('waitForLsn must be a WAL position such as 0/3000060');
  }
  if (faults.length > 0) {
    throw new UserError('invalid-settings', `The checks cannot be run: ${faults.join('; ')}.`);
  }
  return {
    url,
    checks,
    paranoid,
    sampleLimit,
    concurrency,
    waitForLsn,
    waitTimeoutMs,
    conflictTimeoutMs,
    redact,
    signal,
  };
}
