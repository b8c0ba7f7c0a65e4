import type { Direction } from './collect-queries.ts';
import type { LedgerRow } from './ledger-row.ts';

/**
 * What `info()` says about a migration.
 *
 * - `applied`: in the code and in the ledger, with the same checksum
 * - `pending`: in the code only
 * - `out-of-order`: in the code only, and its name sorts before an applied one
 * - `changed`: its statements differ from those that were applied, or half-applied
 * - `missing`: in the ledger, not in the code
 * - `failed`: applied, or reverted, in part; a run resumes it
 * - `running`: applied, or reverted, in part, and a run is working on it now
 */
export type MigrationState =
  | 'applied'
  | 'pending'
  | 'out-of-order'
  | 'changed'
  | 'missing'
  | 'failed'
  | 'running';

/** One migration as `info()` shows it. */
export interface MigrationStatus {
  name: string;
  state: MigrationState;
  /** The file; undefined for a class from `migrationsList`. */
  path?: string;
  executedAt?: Date;
  executionMs?: number;
  /** The database user that applied it. */
  executedBy?: string;
  /** Set while it is applied or reverted in part: which way, and how many statements are done. */
  progress?: { direction: Direction; doneStatements: number };
}

/** A migration in the code. */
export interface CodeMigration {
  name: string;
  path?: string;
  checksum: string;
  /** The checksum of what `down()` emits; needed only while the migration is half-reverted. */
  downChecksum?: string;
}

/**
 * Compares the code with the ledger.
 *
 * @param isRunning whether a run holds the lock now
 * @returns every migration of either, by name
 */
export function migrationStatuses(
  code: readonly CodeMigration[],
  rows: readonly LedgerRow[],
  isRunning: boolean,
): MigrationStatus[] {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const lastRecorded = rows.map((row) => row.name).reduce((last, name) => (name > last ? name : last), '');
  const inCode = code.map((migration): MigrationStatus => {
    const { name, path } = migration;
    const row = byName.get(name);
    if (row !== undefined) return { ...fromRow(row, recordedState(migration, row, isRunning)), path };
    return { name, state: name < lastRecorded ? 'out-of-order' : 'pending', path };
  });
  const names = new Set(code.map(({ name }) => name));
  const missing = rows.filter((row) => !names.has(row.name)).map((row) => fromRow(row, 'missing'));
  return [...inCode, ...missing].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function recordedState(migration: CodeMigration, row: LedgerRow, isRunning: boolean): MigrationState {
  if (migration.checksum !== row.checksum) return 'changed';
  if (row.state === 'applied') return 'applied';
  if (row.direction === 'down' && migration.downChecksum !== row.down_checksum) return 'changed';
  return isRunning ? 'running' : 'failed';
}

function fromRow(row: LedgerRow, state: MigrationState): MigrationStatus {
  return {
    name: row.name,
    state,
    executedAt: row.executed_at,
    executionMs: row.execution_ms,
    executedBy: row.executed_by,
    progress:
      row.state === 'applied' ? undefined : { direction: row.direction, doneStatements: row.next_statement },
  };
}
