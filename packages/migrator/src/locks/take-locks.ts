import { sqlState } from '../sql-state.ts';
import type { WorkSession } from '../work-session.ts';
import { LockNotTaken } from './lock-failure.ts';
import { lockNumber } from './lock-mode.ts';
import type { TableLock } from './resolve-locks.ts';

/**
 * Takes locks, in their order, within the transaction of `session`; all together within one attempt's time, so that
 * nobody waits behind the first ones for longer than that because of the last one.
 *
 * @throws LockNotTaken when they are not free in time
 */
export async function takeLocks(session: WorkSession, locks: readonly TableLock[]): Promise<void> {
  // The weaker ones, of reads and foreign keys, hardly ever wait.
  const taken = locks.filter(({ canBeTaken, mode }) => canBeTaken && lockNumber(mode) >= 3);
  if (taken.length === 0) return;
  let before: unknown;
  const endMs = performance.now() + session.lockAttemptMs;
  for (const statement of lockStatements(taken)) {
    const leftMs = Math.max(1, Math.ceil(endMs - performance.now()));
    const [row] = await session.query(
      `select current_setting('statement_timeout') as before, set_config('statement_timeout', ?, true)`,
      [`${leftMs}`],
    );
    before ??= row?.['before'];
    try {
      await session.execute(statement);
    } catch (error) {
      if (sqlState(error) !== '57014' || session.isAborted) throw error;
      throw new LockNotTaken(`not taken within ${session.lockAttemptMs} ms`, { cause: error });
    }
  }
  await session.query(`select set_config('statement_timeout', ?, true)`, [before]);
}

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
