import { isUserError } from '@ecommerce-dms/errors';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import type { Direction } from './collect-queries.ts';
import { existingTableFaults } from './existing-tables.ts';
import type { Ledger } from './ledger.ts';
import type { MigrationSource } from './migration-source.ts';
import type { MigrationState, MigrationStatus } from './migration-status.ts';
import { requiredBackfillFaults } from './backfill/required-backfills.ts';
import type { BackfillContext } from './backfill/run-backfills.ts';
import { type MigrationPlan, planMigration } from './plan-migration.ts';
import { type Fault, faultsOf, refuse } from './refuse-faults.ts';
import type { Survey } from './survey.ts';

/** What a run is asked to do. */
export interface RunRequest {
  direction: Direction;
  allowOutOfOrder: boolean;
  /** The schema of the run; undefined is the search path of the connection. */
  schema: string | undefined;
  /** Whether the run would apply a migration, by its name; default: any. */
  isAsked?: (name: string) => boolean;
  /** The backfills that migrations require are run by the run itself; on a new ledger they are anyway. */
  runBackfills?: boolean;
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
  { direction, allowOutOfOrder, schema, isAsked = () => true, runBackfills = false }: RunRequest,
  backfills: BackfillContext,
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
    ...(await requiredBackfillFaults(
      backfills,
      plans.filter(({ name }) => isAsked(name)),
      isNew || runBackfills,
    )),
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
