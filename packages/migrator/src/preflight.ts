import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import type { Direction } from './collect-queries.ts';
import { existingTableFaults } from './existing-tables.ts';
import type { Ledger } from './ledger.ts';
import type { MigrationState, MigrationStatus } from './migration-status.ts';
import { type MigrationPlan, planMigration } from './plan-migration.ts';
import { faultsOf, refuse } from './refuse-faults.ts';
import type { Survey } from './survey.ts';

/** What a run is asked to do. */
export interface RunRequest {
  direction: Direction;
  allowOutOfOrder: boolean;
  /** The schema of the run; undefined is the search path of the connection. */
  schema: string | undefined;
}

/** A migration that `up()` would run. */
export interface PendingMigration {
  plan: MigrationPlan;
  status: MigrationStatus;
}

const pendingStates: readonly MigrationState[] = ['pending', 'out-of-order', 'failed', 'running'];

/**
 * Plans what a run would apply, half-applied migrations included; nothing for `down`.
 *
 * @throws UserError `migrations-refused` naming everything that forbids the run
 */
export async function preflight(
  { loaded, statuses }: Survey,
  ledger: Ledger,
  driver: AbstractSqlDriver,
  { direction, allowOutOfOrder, schema }: RunRequest,
): Promise<PendingMigration[]> {
  const pending: PendingMigration[] = [];
  for (const { name, migration } of direction === 'up' ? loaded : []) {
    const status = statuses.find((each) => each.name === name && pendingStates.includes(each.state));
    if (status && migration) pending.push({ status, plan: await planMigration(migration, 'up', driver) });
  }
  const plans = pending.map(({ plan }) => plan);
  const isNew = statuses.every(({ state }) => state === 'pending');
  refuse([
    ...faultsOf(statuses, direction, allowOutOfOrder),
    ...plans.flatMap(({ name, faults }) => faults.map((problem) => ({ name, problem }))),
    ...(isNew ? await existingTableFaults(ledger, plans, schema) : []),
  ]);
  return pending;
}
