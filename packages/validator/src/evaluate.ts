import type { Bundle } from './bundles.ts';
import type { FindingsCheck, RowCheck } from './check.ts';
import type { CheckResult, SourceResult } from './report.ts';
import { findSql, sample } from './samples.ts';
import { scan } from './scan.ts';
import type { Count } from './scan.ts';
import { describeError, INSUFFICIENT_PRIVILEGE, sqlState } from './server-error.ts';
import type { Session } from './session.ts';
import type { Snapshot } from './snapshot.ts';

/** What the evaluation of any check needs. */
export interface EvaluateOptions {
  sampleLimit: number;
  redact: (column: string) => boolean;
  /** Whether an error ends the run: a lost connection, a conflict with recovery, an abort. */
  fatal: (session: Session, error: unknown) => boolean;
}

/** Counts a bundle's checks in one pass and samples those that fail. */
export async function evaluateBundle(
  session: Session,
  bundle: Bundle,
  options: EvaluateOptions,
): Promise<{ source: SourceResult; results: CheckResult[] }> {
  const started = performance.now();
  const scansBefore = session.scans;
  const fatal = (error: unknown) => options.fatal(session, error);
  const { rows, counts } = await scan(session, bundle.source, bundle.checks, fatal);
  const results: CheckResult[] = [];
  for (const check of bundle.checks) {
    const result = rowResult(bundle, check, rows, counts.get(check));
    if (result.state === 'failed') {
      try {
        result.findings = await sample(session, bundle, check, options.sampleLimit, options.redact);
      } catch (error) {
        if (fatal(error)) throw error;
        result.message += ` They could not be read: ${describeError(error)}.`;
      }
    }
    results.push(result);
  }
  const source = {
    name: bundle.source.name,
    rows,
    checks: bundle.checks.length,
    scans: session.scans - scansBefore,
    durationMs: Math.round(performance.now() - started),
  };
  return { source, results };
}

/** Runs a check that looks for findings itself. */
export async function evaluateFindings(
  session: Session,
  check: FindingsCheck,
  snapshot: Snapshot,
  options: EvaluateOptions,
): Promise<CheckResult> {
  const base = { id: check.id, description: check.description, severity: check.severity };
  try {
    const findings = await session.attempt(() =>
      check.find({
        role: snapshot.role,
        query: (sql, values) => session.query(sql, values),
      }),
    );
    if (findings.length === 0)
      return { ...base, state: 'passed', failures: 0, findings, message: 'Nothing found.' };
    return {
      ...base,
      severity: findings.some((finding) => finding.severity === 'error') ? 'error' : 'warning',
      state: 'failed',
      failures: findings.length,
      findings,
      message: counted(findings.length, 'fault'),
    };
  } catch (error) {
    if (options.fatal(session, error)) throw error;
    return { ...base, ...notEvaluated(error) };
  }
}

/** The result of a check that the catalog guarantees. */
export function provenResult(check: RowCheck, guarantee: string): CheckResult {
  return {
    id: check.id,
    description: check.description,
    severity: check.severity,
    state: 'proven',
    failures: 0,
    findings: [],
    message: `Proven by the catalog: ${guarantee}.`,
  };
}

function rowResult(bundle: Bundle, check: RowCheck, rows: number, count: Count | undefined): CheckResult {
  const base = {
    id: check.id,
    description: check.description,
    severity: check.severity,
    findSql: findSql(bundle, check),
    ...(check.fix === undefined ? {} : { fix: check.fix }),
  };
  if (count === undefined) throw new Error(`check ${check.id} was not counted`);
  if ('error' in count) return { ...base, ...notEvaluated(count.error) };
  const { failures } = count;
  const state = failures === 0 ? 'passed' : 'failed';
  return { ...base, state, failures, findings: [], message: rowMessage(check, rows, failures) };
}

function rowMessage(check: RowCheck, rows: number, failures: number): string {
  // A query of what is wrong: its rows are all that it read.
  if (check.predicate === 'false') return failures === 0 ? 'Nothing found.' : counted(failures, 'row');
  return failures === 0 ? `${rows} rows read.` : `${failures} of ${rows} rows fail.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'} found.`;
}

function notEvaluated(error: unknown): Pick<CheckResult, 'state' | 'failures' | 'findings' | 'message'> {
  const state = sqlState(error) === INSUFFICIENT_PRIVILEGE ? 'skipped' : 'error';
  const reason = describeError(error);
  const message = state === 'skipped' ? `No privilege: ${reason}.` : `Not evaluated: ${reason}.`;
  return { state, failures: 0, findings: [], message };
}
