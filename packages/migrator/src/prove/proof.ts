import type { Severity } from '../lint/finding.ts';
import type { FilledTable } from '../sample-rows/fill-tables.ts';
import type { CrashCertificate } from './crash-certificate.ts';
import type { Measurement } from './measure.ts';
import type { Waits } from './probe.ts';

/** What is known of one statement of a migration, because it was run. */
export interface StatementEvidence extends Measurement {
  /** The longest that queries of others waited, by their kind, in ms; undefined when no table of it was probed. */
  waits?: Waits;
  /** What `lint` says about it. */
  findings: { code: string; severity: Severity; message: string }[];
}

/**
 * - `proven`: every kill and resumption that was tried ended in the schema and the rows of an undisturbed run
 * - `undecided`: something could not be tried or compared
 * - `failed`: a kill left something else, or a statement took a lock that the migrator does not expect
 */
export type ProofVerdict = 'proven' | 'undecided' | 'failed';

/** What `prove` has found out about a migration. */
export interface MigrationProof {
  name: string;
  /** The repeatable migrations that ran with it, because it is the last one. */
  repeatables: string[];
  verdict: ProofVerdict;
  /** Why it is not proven. */
  reasons: string[];
  /** Tables that existed before it, with the rows that they were given. */
  tables: FilledTable[];
  statements: StatementEvidence[];
  /** The probes: how many queries, of which touched tables and of which not, and what failed in them. */
  probes: { tables: string[]; unprobed: string[]; queries: number; errors: string[] };
  /** Undefined when the migration does not even run. */
  crash: CrashCertificate | undefined;
  /** How many rows each table was to have. */
  rows: number;
  /** The server's version. */
  postgres: string;
  /** The version of this package. */
  tool: string;
}
