import type { Direction } from './collect-queries.ts';
import type { LedgerRow, RecordKind } from './ledger-row.ts';
import { coverage, type PendingSquash } from './squash/coverage.ts';

/**
 * What `info()` says about a migration.
 *
 * - `applied`: in the code and in the ledger
 * - `pending`: in the code only
 * - `out-of-order`: in the code only, and its name sorts before an applied one
 * - `changed`: its statements differ from those that were applied, as far as that shows without evaluating code: of SQL
 *   text, and of what is half-applied; `validate()` looks at the others
 * - `missing`: in the ledger, not in the code, which has later ones
 * - `future`: in the ledger, and later than all of the code, or a squash of what the code has: a newer release has
 *   applied it
 * - `replaced`: a squash stands for it
 * - `failed`: applied, or reverted, in part; a run resumes it
 * - `running`: applied, or reverted, in part, and a run is working on it now
 * - `outdated`: a repeatable one that changed since it was applied, or whose view or function is gone
 */
export type MigrationState =
  | 'applied'
  | 'pending'
  | 'out-of-order'
  | 'changed'
  | 'missing'
  | 'future'
  | 'replaced'
  | 'failed'
  | 'running'
  | 'outdated';

/** One migration as `info()` shows it. */
export interface MigrationStatus {
  name: string;
  state: MigrationState;
  /** The file; undefined for a class from `migrationsList`. */
  path?: string;
  /** How it came into the ledger. */
  kind?: RecordKind;
  executedAt?: Date;
  executionMs?: number;
  /** The database user that applied it. */
  executedBy?: string;
  /** Set while it is applied or reverted in part: which way, and how many statements are done. */
  progress?: { direction: Direction; doneStatements: number };
  /** Of a `replaced` one: the squash that stands for it. */
  replacedBy?: string;
  /** Of a squash that is not in the ledger: whether it is run, recorded, or has to wait for those that it replaces. */
  squash?: PendingSquash;
}

/** A migration in the code. */
export interface CodeMigration {
  name: string;
  path?: string;
  /** Whether its statements are known to differ from those in the ledger. */
  isChanged: boolean;
  /** The migrations whose place it takes; those of a recorded one are in the ledger. */
  replaces: readonly string[];
}

/**
 * Compares the code with the ledger.
 *
 * @param isRunning whether a run holds the lock now
 * @returns every migration of either, by name
 */
export function migrationStatuses(
  code: readonly CodeMigration[],
  allRows: readonly LedgerRow[],
  isRunning: boolean,
): MigrationStatus[] {
  const rows = allRows.filter((row) => row.kind !== 'repeatable');
  const byName = new Map(rows.map((row) => [row.name, row]));
  const { replacedBy, pending } = coverage(code, rows);
  const lastRecorded = lastName(rows);
  const lastInCode = lastName(code);
  const inCode = code.map((migration): MigrationStatus => {
    const { name, path } = migration;
    const row = byName.get(name);
    const replacement = replacedBy.get(name);
    if (replacement !== undefined) {
      return {
        ...(row ? fromRow(row, 'replaced') : { name, state: 'replaced' }),
        path,
        replacedBy: replacement,
      };
    }
    if (row !== undefined) return { ...fromRow(row, recordedState(migration, row, isRunning)), path };
    const squash = pending.get(name);
    // What is only recorded, at once or after the others, changes nothing that a later one could have needed.
    const isLate = name < lastRecorded && (squash === undefined || squash.action === 'run');
    return { name, state: isLate ? 'out-of-order' : 'pending', path, ...(squash && { squash }) };
  });
  const names = new Set(code.map(({ name }) => name));
  const others = rows
    .filter((row) => !names.has(row.name))
    .map((row): MigrationStatus => {
      const replacement = replacedBy.get(row.name);
      if (replacement !== undefined) return { ...fromRow(row, 'replaced'), replacedBy: replacement };
      // Code without any migration is rather a wrong folder than an earlier release.
      const isLater = code.length > 0 && row.name > lastInCode;
      // A newer release has put it in the place of what this one still has.
      const isLaterSquash = row.replaces.length > 0 && row.replaces.every((name) => names.has(name));
      return fromRow(row, isLater || isLaterSquash ? 'future' : 'missing');
    });
  return [...inCode, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function recordedState({ isChanged }: CodeMigration, row: LedgerRow, isRunning: boolean): MigrationState {
  if (isChanged) return 'changed';
  if (row.state === 'applied') return 'applied';
  return isRunning ? 'running' : 'failed';
}

function lastName(named: readonly { name: string }[]): string {
  return named.map(({ name }) => name).reduce((last, name) => (name > last ? name : last), '');
}

function fromRow(row: LedgerRow, state: MigrationState): MigrationStatus {
  return {
    name: row.name,
    state,
    kind: row.kind,
    executedAt: row.executed_at,
    executionMs: row.execution_ms,
    executedBy: row.executed_by,
    progress:
      row.state === 'applied' ? undefined : { direction: row.direction, doneStatements: row.next_statement },
  };
}
