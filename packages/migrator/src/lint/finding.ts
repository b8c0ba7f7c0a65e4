/** `error` fails a check, `warning` does not. */
export type Severity = 'error' | 'warning';

/** SQL that does the same as the statement, without what was found. */
export interface Rewrite {
  /** To be run one after the other, each in a transaction of its own or in none. */
  statements: string[];
  /** What to do by hand in between. */
  note?: string;
}

/** Something that was found in a statement. */
export interface Finding {
  code: string;
  severity: Severity;
  /** The name of the migration. */
  migration: string;
  /** The file of the migration; undefined for a class of `migrationsList`. */
  path?: string;
  /** From 1: where the statement begins in the file, if that was found there. */
  line?: number;
  /** The index of the statement in the migration, from 0. */
  statement: number;
  sql: string;
  /** What the statement does, with names. */
  message: string;
  /** Why that is bad. */
  why: string;
  /** What to do where there is no rewrite, or before it. */
  advice?: string;
  rewrite?: Rewrite;
}

/** What a rule says; the rest of the finding follows from the rule and the statement. */
export interface Report {
  message: string;
  advice?: string;
  rewrite?: Rewrite | undefined;
  severity?: Severity;
  /** The table that waits; where it is known to be small, an error becomes a warning. */
  blocks?: { rows?: number | undefined } | undefined;
}
