import { UserError } from '@ecommerce-dms/errors';
import type { Check } from './check.ts';
import { isPersonal } from './redact.ts';
import { buildReport } from './build-report.ts';
import type { Report } from './report.ts';
import { run, type RunResult, type RunSettings } from './run.ts';
import { RecoveryConflict } from './server-error.ts';

export interface ValidateOptions {
  /** URL of the database: writer or standby. The role needs SELECT on what the checks read, nothing else. */
  url: string;
  checks: readonly Check[];
  /** Scans too what the catalog proves. Default false. */
  paranoid?: boolean;
  /** Most failing rows that a row check reports. Default 5. */
  sampleLimit?: number;
  /** Connections that scan at once. Default 2. */
  concurrency?: number;
  /** WAL position that the server must show before the snapshot is taken: `snapshotLsn` of the writer's report. */
  waitForLsn?: string;
  /** How long to wait for `waitForLsn`. Default 30 s. */
  waitTimeoutMs?: number;
  /** Whether a column's values are masked in the report. Default: names that tell personal data or a secret. */
  redact?: (column: string) => boolean;
  /** Cancels the running queries on the server; `validate` then throws the signal's reason. */
  signal?: AbortSignal;
}

const MAX_ATTEMPTS = 4;

/**
 * Runs checks against a live database: all on one snapshot, the row checks of a source in one pass. Reads only; works
 * on a hot standby, where a conflict with recovery is answered by a new snapshot, three times at most.
 *
 * Throws a UserError when settings are wrong, the server can't be reached, the connection is lost, `waitForLsn` is
 * not reached, or a standby conflicts too often. What goes wrong in a single check is told in the report.
 *
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
  const { checks } = settings;
  const startedAt = new Date();
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    let result: RunResult;
    try {
      result = await run(settings);
    } catch (error) {
      if (!(error instanceof RecoveryConflict)) throw error;
      if (attempt < MAX_ATTEMPTS) continue;
      throw new UserError('recovery-conflict', `The standby cancelled the checks ${attempt} times.`, {
        hint: 'Raise max_standby_streaming_delay, turn hot_standby_feedback on, or check the writer.',
        cause: error.cause,
      });
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
  redact = isPersonal,
  signal,
}: ValidateOptions): RunSettings {
  const faults: string[] = [];
  const ids = checks.map((check) => check.id);
  const repeated = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  for (const id of repeated) faults.push(`more than one check has the id ${id}`);
  for (const [name, value] of Object.entries({ sampleLimit, concurrency, waitTimeoutMs })) {
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
  return { url, checks, paranoid, sampleLimit, concurrency, waitForLsn, waitTimeoutMs, redact, signal };
}
