import type { Direction } from './collect-queries.ts';

/** Entries of another tool's history that a row stands for. */
export interface LedgerSource {
  tool: string;
  /** The table of the history, with its schema. */
  table: string;
  entries: string[];
}

/** The name of the row that stands for entries which are no migration of the code; not one of a migration. */
export const rowOfSources = '';

/**
 * How a migration came into the ledger.
 *
 * - `versioned`: it was run
 * - `repeatable`: it was run, and is run again when it changes
 * - `baseline`: it was recorded without being run, since the database had its changes
 * - `squash`: it takes the place of those in `replaces`; it was run where none of them was applied
 */
export type RecordKind = 'versioned' | 'repeatable' | 'baseline' | 'squash';

/** What the ledger records about one migration, without the statements. */
export interface LedgerRow {
  /** Grows in the order of application. */
  id: number;
  name: string;
  kind: RecordKind;
  /** Of the parse trees of `statements`; null where they are unknown. */
  fingerprint: string | null;
  /** The migrations whose place it takes. */
  replaces: readonly string[];
  /** `running` and `failed` only outside a transaction: some statements are done, the rest is not. */
  state: 'applied' | 'running' | 'failed';
  direction: Direction;
  /** Of what `down()` emits; set while the migration is being reverted outside a transaction. */
  down_fingerprint: string | null;
  /** How many statements of `direction` are done: the index of the next one, from 0. */
  next_statement: number;
  executed_at: Date;
  /** How long its statements took, in ms, retries included. */
  execution_ms: number;
  /** The database user that logged in. */
  executed_by: string;
}

/** What is recorded of a migration when it comes into the ledger. */
export interface LedgerEntry {
  name: string;
  kind: RecordKind;
  fingerprint: string | null;
  /** Those that were run, with the literals of such as can hold a password masked; null where they are unknown. */
  statements: readonly string[] | null;
  replaces: readonly string[];
}

/**
 * The statement that creates the ledger; `table` is its quoted, qualified name.
 *
 * The ids come from no sequence: after a restore of the rows alone, one would give ids that exist.
 */
export function createLedgerSql(table: string): string {
  return `create table ${table} (
  id integer primary key,
  name text not null unique,
  kind text not null default 'versioned' check (kind in ('versioned', 'repeatable', 'baseline', 'squash')),
  fingerprint text,
  statements jsonb,
  replaces jsonb not null default '[]',
  state text not null check (state in ('applied', 'running', 'failed')),
  direction text not null default 'up' check (direction in ('up', 'down')),
  down_fingerprint text,
  next_statement integer not null default 0 check (next_statement >= 0),
  executed_at timestamptz not null default now(),
  execution_ms integer not null default 0,
  executed_by text not null default session_user,
  sources jsonb not null default '[]'
)`;
}
