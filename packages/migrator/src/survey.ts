import { isUserError } from '@ecommerce-dms/errors';
import type { Migration } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { checksumOf, collectQueries, type Direction } from './collect-queries.ts';
import type { LedgerRow } from './ledger-row.ts';
import type { CodeMigration, MigrationStatus } from './migration-status.ts';
import { type MigrationPlan, planMigration } from './plan-migration.ts';
import { type Fault, refuse } from './refuse-faults.ts';

/** Where a migration of the code comes from. */
export interface MigrationSource {
  name: string;
  path?: string;
  /** Gives an instance whose `name` is set. */
  load(): Promise<Migration>;
}

/** A migration of the code with its checksums. */
export interface LoadedMigration extends CodeMigration {
  migration: Migration;
}

/**
 * Loads all migrations and computes their checksums.
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
  for (const { name, path, load } of sources) {
    try {
      const migration = await load();
      const checksum = async (direction: Direction): Promise<string> =>
        checksumOf(await collectQueries(migration, direction, driver));
      loaded.push({
        name,
        migration,
        checksum: await checksum('up'),
        ...(path !== undefined && { path }),
        ...(reverting.has(name) && { downChecksum: await checksum('down') }),
      });
    } catch (error) {
      if (!isUserError(error)) throw error;
      faults.push({ name, problem: error.message });
    }
  }
  refuse(faults);
  return loaded;
}

/** A migration that `up()` would run. */
export interface PendingMigration {
  plan: MigrationPlan;
  status: MigrationStatus;
}

/** Plans what `up()` would run, half-applied migrations included. */
export async function planPending(
  loaded: readonly LoadedMigration[],
  statuses: readonly MigrationStatus[],
  driver: AbstractSqlDriver,
): Promise<PendingMigration[]> {
  const byName = new Map(statuses.map((status) => [status.name, status]));
  const pending: PendingMigration[] = [];
  for (const { name, migration } of loaded) {
    const status = byName.get(name);
    if (status === undefined || !['pending', 'out-of-order', 'failed', 'running'].includes(status.state))
      continue;
    pending.push({ status, plan: await planMigration(migration, 'up', driver) });
  }
  return pending;
}
