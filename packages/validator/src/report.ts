import type { Finding, Severity } from './check.ts';

/**
 * `proven`: a validated constraint guarantees it, nothing was read. `error`: it could not be evaluated.
 * `skipped`: the role lacks a privilege, which is never a pass.
 */
export type CheckState = 'failed' | 'error' | 'skipped' | 'passed' | 'proven';

export interface CheckResult {
  id: string;
  description: string;
  /** Of a failed check: that of its worst finding. */
  severity: Severity;
  state: CheckState;
  /** Number of rows, or findings, that fail. */
  failures: number;
  /** Of a row check at most `sampleLimit` rows, in the order of their keys; of any other check all findings. */
  findings: Finding[];
  /** What was found, or why the check was not evaluated, as a sentence. */
  message: string;
  /** The SELECT that returns every failing row, without redaction. Row checks only. */
  findSql?: string;
  /** The SQL or the advice that fixes. Row checks only; other findings carry their own. */
  fix?: string;
}

/** One pass over a source, which may have taken more than one statement. */
export interface SourceResult {
  name: string;
  rows: number;
  checks: number;
  scans: number;
  durationMs: number;
}

/** Plain JSON: counts are numbers, keys and values are text. */
export interface Report {
  database: string;
  server: { role: 'writer' | 'standby'; version: string };
  /** ISO 8601. */
  startedAt: string;
  durationMs: number;
  /** WAL position at the snapshot: what a standby must have replayed to show at least the same. */
  snapshotLsn: string;
  /** Snapshots that were taken: more than one after conflicts with recovery. */
  attempts: number;
  /** Statements that read a source: bundles, their halves after an error, and samples. */
  scans: number;
  /** All statements, transaction control and catalog queries included. */
  statements: number;
  totals: Record<CheckState, number> & { errors: number; warnings: number };
  checks: CheckResult[];
  sources: SourceResult[];
}
