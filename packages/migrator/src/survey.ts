import { isUserError } from '@ecommerce-dms/errors';
import type { Migration } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { advisoryLockHolder, lockClass } from './advisory-lock.ts';
import { checksumOf, collectQueries, type Direction } from './collect-queries.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerRow } from './ledger-row.ts';
import { type CodeMigration, type MigrationStatus, migrationStatuses } from './migration-status.ts';
import { type Fault, refuse } from './refuse-faults.ts';

/** Where a migration of the code comes from. */
export interface MigrationSource {
  name: string;
  path?: string;
  /** Returns an instance whose `name` is set. */
  load(): Promise<Migration>;
}

/** A migration of the code with its checksums. */
export interface LoadedMigration extends CodeMigration {
  /** Undefined for one that was recorded without being run: its code is not evaluated. */
  migration?: Migration;
}

/** The migrations of the code, and their states together with those of the ledger. */
export interface Survey {
  loaded: LoadedMigration[];
  statuses: MigrationStatus[];
}

/**
 * Compares the code with the ledger.
 *
 * @param ledgerName the name of the ledger's table, by which a run locks it
 * @throws UserError `migrations-refused` naming every migration whose code fails
 */
export async function survey(
  ledger: Ledger,
  ledgerName: string,
  driver: AbstractSqlDriver,
  sources: readonly MigrationSource[],
): Promise<Survey> {
  const rows = await ledger.rows();
  const loaded = await loadMigrations(sources, rows, driver);
  const isPartial = rows.some((row) => row.state !== 'applied');
  const isRunning =
    isPartial && (await advisoryLockHolder(ledger, lockClass(ledgerName), 'run')) !== undefined;
  return { loaded, statuses: migrationStatuses(loaded, rows, isRunning) };
}

/**
 * Loads migrations and computes their checksums.
 *
 * @throws UserError `migrations-refused` naming every migration whose code fails
 */
export async function loadMigrations(
  sources: readonly MigrationSource[],
  rows: readonly LedgerRow[],
  driver: AbstractSqlDriver,
): Promise<LoadedMigration[]> {
  const reverting = new Set(rows.filter((row) => row.direction === 'down').map((row) => row.name));
  const faults: Fault[] = [];
  const loaded: LoadedMigration[] = [];
  const taken = new Set(rows.filter(({ checksum }) => checksum === '').map(({ name }) => name));
  for (const { name, path, load } of sources) {
    if (taken.has(name)) {
      loaded.push({ name, path, checksum: '' });
      continue;
    }
    try {
      const migration = await load();
      const checksum = async (direction: Direction): Promise<string> =>
        checksumOf(await collectQueries(migration, direction, driver));
      loaded.push({
        name,
        path,
        migration,
        checksum: await checksum('up'),
        downChecksum: reverting.has(name) ? await checksum('down') : undefined,
      });
    } catch (error) {
      if (!isUserError(error)) throw error;
      faults.push({ name, problem: error.message });
    }
  }
  refuse(faults);
  return loaded;
}
