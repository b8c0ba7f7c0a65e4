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

/** What the ledger records about one migration. */
export interface LedgerRow {
  /** Grows in the order of application. */
  id: number;
  name: string;
  /** SHA-256 of what `up()` emitted when it was applied; empty when it was recorded without being run. */
  checksum: string;
  /** `running` and `failed` only outside a transaction: some statements are done, the rest is not. */
  state: 'applied' | 'running' | 'failed';
  direction: Direction;
  /** SHA-256 of what `down()` emits; set while the migration is being reverted outside a transaction. */
  down_checksum: string | null;
  /** How many statements of `direction` are done: the index of the next one, from 0. */
  next_statement: number;
  executed_at: Date;
  /** How long its statements took, in ms, retries included. */
  execution_ms: number;
  /** The database user that logged in. */
  executed_by: string;
}

/** The statement that creates the ledger; `table` is its quoted, qualified name. */
export function createLedgerSql(table: string): string {
  return `create table ${table} (
  id integer generated always as identity primary key,
  name text not null unique,
  checksum text not null,
  state text not null check (state in ('applied', 'running', 'failed')),
  direction text not null default 'up' check (direction in ('up', 'down')),
  down_checksum text,
  next_statement integer not null check (next_statement >= 0),
  executed_at timestamptz not null default now(),
  execution_ms integer not null default 0,
  executed_by text not null default session_user,
  sources jsonb not null default '[]'
)`;
}
