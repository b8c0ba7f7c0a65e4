import { isUserError } from '@ecommerce-dms/errors';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { advisoryLockHolder, lockClass } from './advisory-lock.ts';
import { fingerprintOfTexts } from './fingerprint.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import type { MigrationSource } from './migration-source.ts';
import { type CodeMigration, type MigrationStatus, migrationStatuses } from './migration-status.ts';
import { planMigration } from './plan-migration.ts';

/** The migrations of the code, the rows of the ledger, and the states of both together. */
export interface Survey {
  sources: readonly MigrationSource[];
  rows: readonly LedgerRow[];
  statuses: MigrationStatus[];
}

/**
 * Compares the code with the ledger. Code of applied migrations is neither evaluated nor imported; that of pending ones
 * is imported, for what it replaces, and that of half-applied ones evaluated.
 *
 * @param ledgerName the name of the ledger's table, by which a run locks it
 */
export async function survey(
  ledger: Ledger,
  ledgerName: string,
  driver: AbstractSqlDriver,
  sources: readonly MigrationSource[],
): Promise<Survey> {
  const rows = await ledger.rows();
  const byName = new Map(rows.map((row) => [row.name, row]));
  const code: CodeMigration[] = [];
  for (const source of sources) {
    const row = byName.get(source.name);
    code.push({
      name: source.name,
      path: source.path,
      isChanged: row !== undefined && (await isChanged(source, row, ledger, driver)),
      replaces: row === undefined ? await replacesOf(source) : [],
    });
  }
  const isPartial = rows.some((row) => row.state !== 'applied');
  const isRunning =
    isPartial && (await advisoryLockHolder(ledger, lockClass(ledgerName), 'run')) !== undefined;
  return { sources, rows, statuses: migrationStatuses(code, rows, isRunning) };
}

/** What is broken is a fault of the run that needs it; nothing that shows states depends on it. */
async function replacesOf(source: MigrationSource): Promise<readonly string[]> {
  try {
    return await source.replaces();
  } catch {
    return [];
  }
}

async function isChanged(
  source: MigrationSource,
  row: LedgerRow,
  ledger: Ledger,
  driver: AbstractSqlDriver,
): Promise<boolean> {
  if (row.state === 'applied') {
    if (source.text === undefined || row.fingerprint === null) return false;
    const fingerprint = await fingerprintOfTexts([await source.text()]).catch(() => 'not SQL');
    return !(await isRecorded(fingerprint, row, ledger));
  }
  try {
    const { fingerprint } = await planMigration(source, row.direction, driver);
    if (row.direction === 'down') return fingerprint !== row.down_fingerprint;
    return !(await isRecorded(fingerprint, row, ledger));
  } catch (error) {
    // The run that resumes it reports that.
    if (isUserError(error)) return false;
    throw error;
  }
}

/**
 * Whether a fingerprint is that of the statements in the ledger. Where the recorded one differs, the statements are
 * read again: another version of the parser has other trees.
 */
export async function isRecorded(
  fingerprint: string | null,
  row: LedgerRow,
  ledger: Ledger,
): Promise<boolean> {
  if (fingerprint === row.fingerprint) return true;
  const statements = (await ledger.statementsOf([row.name])).get(row.name);
  return statements !== undefined && fingerprint === (await fingerprintOfTexts(statements));
}
