import type { Check } from './check.ts';
import type { CheckResult, Report } from './report.ts';
import type { RunResult } from './run.ts';

/** The report of a run, its checks in the order in which they were given. */
export function buildReport(
  checks: readonly Check[],
  result: RunResult,
  startedAt: Date,
  durationMs: number,
  attempts: number,
): Report {
  const byId = new Map(result.results.map((check) => [check.id, check]));
  const ordered = checks.flatMap((check) => byId.get(check.id) ?? []);
  if (ordered.length !== checks.length) throw new Error('a check was not evaluated');
  const { snapshot } = result;
  return {
    database: snapshot.database,
    server: { role: snapshot.role, version: snapshot.version },
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(durationMs),
    snapshotLsn: snapshot.lsn,
    attempts,
    scans: result.scans,
    statements: result.statements,
    totals: totals(ordered),
    checks: ordered,
    sources: result.sources,
  };
}

function totals(checks: readonly CheckResult[]): Report['totals'] {
  const counts = { failed: 0, error: 0, skipped: 0, passed: 0, proven: 0, errors: 0, warnings: 0 };
  for (const check of checks) {
    counts[check.state] += 1;
    if (check.state === 'failed') counts[check.severity === 'error' ? 'errors' : 'warnings'] += 1;
  }
  return counts;
}
