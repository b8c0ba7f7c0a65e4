import type { Ledger } from './ledger.ts';
import { entryOf } from './ledger-entry.ts';
import type { RunSettings } from './options.ts';
import type { MigrationPlan } from './plan-migration.ts';
import { retryLockTimeout } from './retry-lock-timeout.ts';
import { statementError } from './statement-error.ts';
import type { WorkSession } from './work-session.ts';

/** Runs all statements of a migration and the change of its ledger row in one transaction. */
export async function runTransactional(
  session: WorkSession,
  ledger: Ledger,
  plan: MigrationPlan,
  settings: RunSettings,
): Promise<void> {
  const startedMs = performance.now();
  await retryLockTimeout(settings, async () => {
    let index = 0;
    try {
      await session.transaction(async () => {
        // The row comes first: its unique name keeps out a second run even when the advisory lock is lost.
        if (plan.direction === 'up') await ledger.insert(session, entryOf(plan), 'applied');
        else await ledger.remove(session, plan.name);
        for (const { sql } of plan.statements) {
          await session.execute(sql);
          index++;
        }
        if (plan.direction === 'up') {
          await session.ownSettings();
          const execution_ms = Math.round(performance.now() - startedMs);
          await ledger.update(session, plan.name, { execution_ms });
        }
        await session.assertMayContinue();
      });
    } catch (error) {
      throw statementError(plan, index, error, settings.signal);
    }
  });
}
