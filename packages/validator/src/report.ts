import type { Finding, Severity } from './check.ts';

/**
 * What became of a check. `failed`, `passed`: it was read. `proven`: a validated constraint guarantees it, and
 * nothing was read. `error`: it could not be evaluated. `skipped`: the role lacks a privilege, which is never a pass.
 */
export type CheckState = 'failed' | 'error' | 'skipped' | 'passed' | 'proven';

/** What a check found. */
export interface CheckResult {
  id: string;
  description: string;
  /** Of a failed check: that of its worst finding. */
  severity: Severity;
  state: CheckState;
  /** Number of failing rows, or of findings. */
  failures: number;
  /** The failing rows of a row check, at most `sampleLimit` by their keys; all findings of any other check. */
  findings: Finding[];
  /** What was found, or why the check was not evaluated, in sentences. */
  message: string;
  /** The SELECT that returns every failing row, unmasked. Row checks only. */
  findSql?: string;
  /** The SQL or the advice that fixes a failing row. Row checks only; other findings have their own. */
  fix?: string;
}

/** What was read of a source. */
export interface SourceResult {
  name: string;
  rows: number;
  checks: number;
  scans: number;
  durationMs: number;
}

/** The result of `validate` as plain JSON: counts are numbers, keys and values are text. */
export interface Report {
  database: string;
  server: { role: 'writer' | 'standby'; version: string };
  /** Start of the first attempt, ISO 8601. */
  startedAt: string;
  durationMs: number;
  /** WAL position of the snapshot: a standby that has replayed it shows at least the same. */
  snapshotLsn: string;
  /** Number of snapshots that were taken: more than one after conflicts with recovery. */
  attempts: number;
  /** Number of statements that read a source: bundles, their halves after an error, and samples. */
  scans: number;
  /** Number of all statements, including transaction control and catalog queries. */
  statements: number;
  totals: Record<CheckState, number> & { errors: number; warnings: number };
  checks: CheckResult[];
  sources: SourceResult[];
}
