import { migratorCommand } from './migrator-command.ts';
import { isUserError, UserError } from '@ecommerce-dms/errors';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { queriesOf } from './collect-queries.ts';
import { isConnectionFailure } from './connection-error.ts';
import type { Ledger } from './ledger.ts';
import { entryOf } from './ledger-entry.ts';
import { LockWaitEnded } from './locks/lock-failure.ts';
import { LockWaitClock } from './locks/lock-wait-clock.ts';
import { underLocks } from './locks/under-locks.ts';
import type { MigrationSource } from './migration-source.ts';
import type { RunSettings } from './options.ts';
import type { MigrationPlan } from './plan-migration.ts';
import { sqlState } from './sql-state.ts';
import { statementError } from './statement-error.ts';
import type { WorkSession } from './work-session.ts';

/** A migration whose queries show only when it is run. */
export interface OpaqueMigration {
  plan: MigrationPlan;
  source: MigrationSource;
  driver: AbstractSqlDriver;
}

/**
 * Runs a migration that runs queries itself, as MikroORM does: what it executes in its `up()` or `down()` runs at once,
 * what it gives to `addSql()` after that, all in one transaction with its row in the ledger.
 */
export async function runOpaque(
  session: WorkSession,
  ledger: Ledger,
  { plan, source, driver }: OpaqueMigration,
  settings: RunSettings,
): Promise<void> {
  const { name, direction } = plan;
  const startedMs = performance.now();
  const clock = new LockWaitClock(plan, settings);
  try {
    // What it will lock is not known: its own statements meet the locks.
    await underLocks(session, [], clock, async () => {
      const migration = await source.load(driver);
      migration.reset();
      await session.transactionWithContext(async (context) => {
        if (direction === 'up') {
          await ledger.insert(session, { ...entryOf(plan), statements: null }, 'applied');
        } else await ledger.remove(session, name);
        migration.setTransactionContext(context);
        await session.watched(session.cancelledOnAbort(Promise.resolve(migration[direction]())));
        const queries = queriesOf(migration, driver);
        for (const sql of queries) await session.execute(sql);
        await session.endDeferred();
        if (direction === 'up') {
          const execution_ms = Math.round(performance.now() - startedMs);
          await ledger.update(session.asMigrator, name, { execution_ms });
        }
      });
    });
  } catch (error) {
    throw opaqueError(plan, error, settings.signal);
  }
}

/** What fails in the code of the migration is told as such: the statement is known to PostgreSQL and the log alone. */
function opaqueError(plan: MigrationPlan, error: unknown, signal: AbortSignal | undefined): unknown {
  if (
    signal?.aborted === true ||
    isUserError(error) ||
    error instanceof LockWaitEnded ||
    sqlState(error) !== undefined ||
    isConnectionFailure(error)
  ) {
    return statementError(plan, 0, error, signal);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new UserError(
    'migration-failed',
    `Migration ${plan.name} (${plan.direction}) failed in its own code: ${reason}\nIts transaction was rolled back: nothing of it took effect.`,
    { hint: `Correct the migration. Run it again: ${migratorCommand(plan.direction)}.`, cause: error },
  );
}
