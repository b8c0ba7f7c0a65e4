import { isLockFailure } from './lock-failure.ts';
import type { TableLock } from './resolve-locks.ts';
import type { WorkSession } from '../work-session.ts';

/** Longer than an autovacuum takes to end once it was cancelled. */
const cancelMs = 500;

/**
 * Makes autovacuum give way. PostgreSQL cancels it for whoever has waited for its lock for `deadlock_timeout`: longer
 * than an attempt. The weakest mode that conflicts with it blocks no query of the table meanwhile. One that prevents
 * wraparound goes on.
 */
export async function giveWayOfAutovacuum(session: WorkSession, locks: readonly TableLock[]): Promise<void> {
  const names = locks.filter(({ canBeTaken }) => canBeTaken).map(({ name }) => name);
  for (const name of names) {
    try {
      await session.transaction({
        begin: async (opening) => {
          await opening.query(`set local lock_timeout = ${session.deadlockTimeoutMs + cancelMs}`);
        },
        work: () => session.execute(`lock table only ${name} in share update exclusive mode`),
      });
    } catch (error) {
      if (!isLockFailure(error)) throw error;
    }
  }
}
