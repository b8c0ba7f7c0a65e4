import type { Bundle } from './bundles.ts';
import type { Check, Finding, FindingsCheck, RowCheck } from './check.ts';
import type { CheckResult, SourceResult } from './report.ts';
import { findSql, sample, type SampleOptions } from './samples.ts';
import { scan } from './scan.ts';
import { describeError, insufficientPrivilege, sqlState } from './server-error.ts';
import type { Attempt, Session } from './session.ts';
import type { Snapshot } from './snapshot.ts';

/** The results of some checks, and the passes that they took. */
export interface Evaluated {
  results: CheckResult[];
  sources: SourceResult[];
}

/** Counts a bundle's checks in one pass and samples those that fail. */
export async function evaluateBundle(
  session: Session,
  bundle: Bundle,
  options: SampleOptions,
): Promise<Evaluated> {
  const started = performance.now();
  const scansBefore = session.scans;
  const { rows, failures } = await scan(session, bundle.source, bundle.checks);
  const results: CheckResult[] = [];
  for (const check of bundle.checks) {
    const result = rowResult(bundle, check, rows, failures.get(check));
    if (result.state === 'failed') {
      const sampled = await session.attempt(() => sample(session, bundle, check, options));
      if ('value' in sampled) result.findings = sampled.value;
      else result.message += ` They could not be read: ${describeError(sampled.error)}.`;
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
  return { results, sources: [source] };
}

/** Runs a check that finds what is wrong by a function of its own. */
export async function evaluateFindings(
  session: Session,
  check: FindingsCheck,
  { role }: Snapshot,
): Promise<Evaluated> {
  const found = await session.attempt(() =>
    check.find({ role, query: (sql, values) => session.query(sql, values) }),
  );
  const outcome = 'error' in found ? notEvaluated(found.error) : findingsOutcome(found.value);
  return { results: [resultOf(check, outcome)], sources: [] };
}

function findingsOutcome(findings: Finding[]): Outcome {
  if (findings.length === 0) return { state: 'passed', message: 'Nothing found.' };
  return {
    severity: findings.some((finding) => finding.severity === 'error') ? 'error' : 'warning',
    state: 'failed',
    failures: findings.length,
    findings,
    message: counted(findings.length, 'fault'),
  };
}

/** The result of a check that the catalog guarantees. */
export function provenResult(check: RowCheck, guarantee: string): CheckResult {
  return resultOf(check, { state: 'proven', message: `Proven by the catalog: ${guarantee}.` });
}

type Outcome = Pick<CheckResult, 'state' | 'message'> & Partial<CheckResult>;

function resultOf({ id, description, severity }: Check, outcome: Outcome): CheckResult {
  return { id, description, severity, failures: 0, findings: [], ...outcome };
}

function rowResult(
  bundle: Bundle,
  check: RowCheck,
  rows: number,
  count: Attempt<number> | undefined,
): CheckResult {
  if (count === undefined) throw new Error(`check ${check.id} was not counted`);
  const found: Outcome =
    'error' in count
      ? notEvaluated(count.error)
      : {
          state: count.value === 0 ? 'passed' : 'failed',
          failures: count.value,
          message: rowMessage(check, rows, count.value),
        };
  return resultOf(check, { findSql: findSql(bundle, check), fix: check.fix, ...found });
}

function rowMessage(check: RowCheck, rows: number, failures: number): string {
  // A query of what is wrong: its rows are all that it read.
  if (check.predicate === 'false') return failures === 0 ? 'Nothing found.' : counted(failures, 'row');
  return failures === 0 ? `${rows} rows read.` : `${failures} of ${rows} rows fail.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'} found.`;
}

function notEvaluated(error: unknown): Outcome {
  const reason = describeError(error);
  return sqlState(error) === insufficientPrivilege
    ? { state: 'skipped', message: `No privilege: ${reason}.` }
    : { state: 'error', message: `Not evaluated: ${reason}.` };
}
