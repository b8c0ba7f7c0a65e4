import type { Queryable } from '../ledger.ts';
import { sqlState } from '../sql-state.ts';
import type { WorkSession } from '../work-session.ts';
import { LockNotTaken } from './lock-failure.ts';
import { lockNumber } from './lock-mode.ts';
import type { TableLock } from './resolve-locks.ts';

/**
 * Takes locks, in their order, at the beginning of the transaction of `session`; all together within one attempt's time,
 * so that nobody waits behind the first ones for longer than that because of the last one.
 *
 * @param opening begins the transaction, unless there is nothing to lock
 * @throws LockNotTaken when they are not free in time
 */
export async function takeLocks(
  session: WorkSession,
  locks: readonly TableLock[],
  opening: Queryable,
): Promise<void> {
  // The weaker ones, of reads and foreign keys, hardly ever wait.
  const taken = locks.filter(({ canBeTaken, mode }) => canBeTaken && lockNumber(mode) >= 3);
  if (taken.length === 0) return;
  // now() is the time at which the transaction began; the timeout is that of each statement of the text.
  const timeLeft = `${session.lockAttemptMs} - 1000 * extract(epoch from clock_timestamp() - now())`;
  const text = [
    `select set_config('${savedTimeout}', current_setting('statement_timeout'), true)`,
    ...lockStatements(taken).flatMap((statement) => [
      `select set_config('statement_timeout', greatest(1, ceil(${timeLeft}))::text, true)`,
      statement,
    ]),
    `select set_config('statement_timeout', current_setting('${savedTimeout}'), true)`,
  ].join('; ');
  try {
    await session.executing(() => opening.query(text));
  } catch (error) {
    if (sqlState(error) !== '57014' || session.isAborted) throw error;
    throw new LockNotTaken(`not taken within ${session.lockAttemptMs} ms`, { cause: error });
  }
}

/** A setting of no meaning to PostgreSQL, gone at the end of the transaction. */
const savedTimeout = 'dms_migrator.statement_timeout';

/** One statement for neighbours of the same mode. */
function lockStatements(locks: readonly TableLock[]): string[] {
  const groups: TableLock[][] = [];
  for (const lock of locks) {
    const last = groups.at(-1);
    if (last?.[0]?.mode === lock.mode) last.push(lock);
    else groups.push([lock]);
  }
  return groups.map((group) => {
    const names = group.map(({ name }) => `only ${name}`);
    return `lock table ${names.join(', ')} in ${group[0]?.mode} mode`;
  });
}
