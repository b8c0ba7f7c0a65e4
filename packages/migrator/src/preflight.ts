import { isUserError } from '@ecommerce-dms/errors';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import type { Direction } from './collect-queries.ts';
import { existingTableFaults } from './existing-tables.ts';
import type { Ledger } from './ledger.ts';
import type { MigrationSource } from './migration-source.ts';
import type { MigrationState, MigrationStatus } from './migration-status.ts';
import { type MigrationPlan, planMigration } from './plan-migration.ts';
import { type Fault, faultsOf, refuse } from './refuse-faults.ts';
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
  source: MigrationSource;
  status: MigrationStatus;
}

const pendingStates: readonly MigrationState[] = ['pending', 'out-of-order', 'failed', 'running'];

/**
 * Plans what a run would apply, half-applied migrations included; nothing for `down`.
 *
 * @throws UserError `migrations-refused` naming everything that forbids the run
 */
export async function preflight(
  { sources, rows, statuses }: Survey,
  ledger: Ledger,
  driver: AbstractSqlDriver,
  { direction, allowOutOfOrder, schema }: RunRequest,
): Promise<PendingMigration[]> {
  const byName = new Map(statuses.map((status) => [status.name, status]));
  const pending: PendingMigration[] = [];
  const broken: Fault[] = [];
  for (const source of direction === 'up' ? sources : []) {
    const status = byName.get(source.name);
    if (status === undefined || !pendingStates.includes(status.state)) continue;
    try {
      pending.push({ source, status, plan: await planMigration(source, 'up', driver) });
    } catch (error) {
      if (!isUserError(error)) throw error;
      broken.push({ name: source.name, problem: error.message });
    }
  }
  const plans = pending.map(({ plan }) => plan);
  const isNew = rows.length === 0;
  refuse([
    ...faultsOf(statuses, direction, allowOutOfOrder),
    ...broken,
    ...plans.flatMap(orderFaults),
    ...plans.flatMap(({ name, faults }) => faults.map((problem) => ({ name, problem }))),
    ...(isNew
      ? await existingTableFaults(
          ledger,
          pending
            .filter(({ status }) => status.squash === undefined || status.squash.action === 'run')
            .map(({ plan }) => plan),
          schema,
        )
      : []),
  ]);
  return pending;
}

function orderFaults({ name, replaces }: MigrationPlan): Fault[] {
  return replaces
    .filter((replaced) => replaced >= name)
    .map((replaced) => ({
      name,
      problem: `replaces ${replaced}, which sorts after it. Rename it to sort after all that it replaces.`,
    }));
}
