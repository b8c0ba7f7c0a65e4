import type { Ledger } from './ledger.ts';
import { entryOf } from './ledger-entry.ts';
import { LockWaitClock } from './locks/lock-wait-clock.ts';
import { takeLocks } from './locks/take-locks.ts';
import { underLocks } from './locks/under-locks.ts';
import type { RunSettings } from './options.ts';
import type { MigrationPlan } from './plan-migration.ts';
import { withPostcondition } from './postconditions/postcondition.ts';
import { statementError } from './statement-error.ts';
import { executeTogether, groupsOf } from './together.ts';
import type { WorkSession } from './work-session.ts';

/**
 * Runs all statements of a migration and the change of its ledger row in one transaction.
 *
 * The locks of all statements are taken at its start: they are held until its end anyway, and so the transaction does
 * not wait for a second table while it locks the first one.
 */
export async function runTransactional(
  session: WorkSession,
  ledger: Ledger,
  plan: MigrationPlan,
  settings: RunSettings,
): Promise<void> {
  const startedMs = performance.now();
  const { name, direction, statements } = plan;
  const clock = new LockWaitClock(plan, settings);
  let index = 0;
  try {
    await underLocks(session, statements, clock, async (locks) => {
      index = 0;
      await session.transaction({
        begin: async (opening) => {
          await takeLocks(session, locks, opening);
          // The row comes first: its unique name keeps out a second run even when the advisory lock is lost.
          if (direction === 'up') await ledger.insert(opening, entryOf(plan), 'applied');
          else await ledger.remove(opening, name);
        },
        work: async () => {
          for (const group of groupsOf(statements)) {
            const [statement, ...others] = group;
            if (statement === undefined) continue;
            if (others.length > 0) await executeTogether(session, group, (count) => (index += count));
            else {
              await withPostcondition(session, statement, () => session.execute(statement.sql));
              index++;
            }
          }
        },
        ...(direction === 'up' && {
          record: (closing) =>
            ledger.update(closing, name, { execution_ms: Math.round(performance.now() - startedMs) }),
        }),
      });
    });
  } catch (error) {
    throw statementError(plan, index, error, settings.signal);
  }
}
