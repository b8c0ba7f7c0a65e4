/**
 * What a file of a change is for, in the order in which the files run:
 *
 * - `rename`: names that were asked to change
 * - `values`: new values of enums, which nobody can use before they are committed
 * - `expand`: what the previous release does not notice: tables, columns, constraints that are not validated
 * - `views`: materialized views, filled while nothing else is locked
 * - `indexes`: statement by statement, outside of a transaction
 * - `validate`: constraints validated, columns NOT NULL, keys made of their indexes; statement by statement
 * - `contract`: drops that were asked for
 * - `single`: all of it in one file
 */
export type Phase = 'rename' | 'values' | 'expand' | 'views' | 'indexes' | 'validate' | 'contract' | 'single';

/** Those that run statement by statement: a lock of one statement is not held while the next one looks at all rows. */
export const stepwisePhases: ReadonlySet<Phase> = new Set(['indexes', 'validate']);

/** A statement of a change. */
export interface Step {
  phase: Phase;
  sql: string;
  /** The statements of MikroORM's diff that it is made of. */
  sources: readonly string[];
}

/** A column whose rows must get a value before it can be NOT NULL. */
export interface Fill {
  schema: string;
  table: string;
  column: string;
  sources: readonly string[];
}
