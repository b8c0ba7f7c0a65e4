import type { QueryResultRow } from 'pg';

/** How bad a failed check is. `error`: the database breaks a rule; `warning`: it works, but should be fixed. */
export type Severity = 'error' | 'warning';

/** What a row check reads in one pass: a table, or a SELECT. Checks on the same source share the pass. */
export interface Source {
  readonly kind: 'table' | 'query';
  /** Shown in the report. */
  readonly name: string;
  /** SQL for a FROM clause. */
  readonly from: string;
  /** Columns that identify a row of a query; a table's come from its primary key. */
  readonly key: readonly string[];
}

/** A guarantee of the catalog that makes a scan unnecessary. `check`: found by the planner. */
export type Proof =
  | { readonly kind: 'check' }
  | { readonly kind: 'unique'; readonly table: Source; readonly columns: readonly string[] }
  | {
      readonly kind: 'foreign-key';
      readonly table: Source;
      readonly columns: readonly string[];
      readonly parent: Source;
      readonly parentColumns: readonly string[];
    };

interface CheckBase {
  /** Unique in a run, such as `order.total`. */
  readonly id: string;
  /** What must hold, as a sentence. */
  readonly description: string;
  readonly severity: Severity;
}

/** A check of a predicate that each row of a source must satisfy. */
export interface RowCheck extends CheckBase {
  readonly kind: 'rows';
  readonly source: Source;
  /** SQL boolean expression over the source's columns. */
  readonly predicate: string;
  /** What a NULL predicate means. `pass` is what a CHECK constraint does. */
  readonly nulls: 'pass' | 'fail';
  /** Columns that the report shows beside the key. */
  readonly show: readonly string[];
  /** The SQL or the advice that fixes a failing row. */
  readonly fix: string | undefined;
  readonly proof: Proof | undefined;
}

/** One thing that is wrong: a row, an object of the catalog, or a difference from the entities. */
export interface Finding {
  /** The row, table, index, ... that it is about. */
  object: string;
  severity: Severity;
  message: string;
  /** The SQL or the advice that fixes it. */
  fix?: string;
  /** Values of the identifying columns. Personal data is `***`. */
  key?: Record<string, string | null>;
  /** Values of further columns that the check shows. Personal data is `***`. */
  values?: Record<string, string | null>;
}

/** What a findings check gets to work with. Every query is read-only and runs on the run's snapshot. */
export interface FindContext {
  readonly role: 'writer' | 'standby';
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** A check that finds what is wrong by a function of its own, in the catalog for instance. */
export interface FindingsCheck extends CheckBase {
  readonly kind: 'findings';
  /** Finds everything that is wrong. An error with SQLSTATE 42501 makes the check `skipped`. */
  find(context: FindContext): Promise<Finding[]>;
}

/** What `validate` runs. */
export type Check = RowCheck | FindingsCheck;
