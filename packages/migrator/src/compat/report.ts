import type { Operation } from './exercise/outcome.ts';

/** A use of the database that one release no longer has, or whose result is another one. */
export interface CompatibilityBreak {
  /** The one that fails or reads something else. */
  release: 'previous' | 'new';
  entity: string;
  /** Undefined: the entity as a whole, or a column that it does not know. */
  property?: string;
  /** The migration after which it began; undefined: the migrations have no part in it. */
  since?: string;
  /** The migration after which it is gone again. */
  until?: string;
  problem: string;
  /** What the expand/contract pattern does instead. */
  remedy: string;
  operations: BrokenOperation[];
}

/** An operation of a break. */
export interface BrokenOperation {
  operation: Operation | 'migration' | 'shared row';
  /** With which row or value. */
  variant: string;
  statement?: string;
  /** PostgreSQL's message with its SQLSTATE; undefined: it succeeds, with another result. */
  error?: string;
}

/** Something of which nothing could be said. */
export interface Undecided {
  release: 'previous' | 'new';
  entity?: string;
  property?: string;
  operation?: Operation;
  reason: string;
}

/** The verdict on two releases. */
export interface CompatibilityReport {
  previous: { title: string; mikroOrm: string; entities: number };
  /** The migrations that the previous release has not, in order. */
  migrations: string[];
  /** How many operations of the previous release were tried before and after each of them. */
  operations: number;
  breaks: CompatibilityBreak[];
  undecided: Undecided[];
  /** Breaks and undecided operations that `except` has left out. */
  excepted: number;
}

/** Whether both releases work side by side, as far as there is anything to say. */
export function isProven({ breaks, undecided }: CompatibilityReport): boolean {
  return breaks.length === 0 && undecided.length === 0;
}
