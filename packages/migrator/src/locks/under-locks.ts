import type { ParsedStatement } from '../parse-statements.ts';
import type { WorkSession } from '../work-session.ts';
import { type Blocker, findBlockers } from './blockers.ts';
import { giveWayOfAutovacuum } from './give-way.ts';
import { isLockFailure, LockWaitEnded } from './lock-failure.ts';
import type { LockWaitClock } from './lock-wait-clock.ts';
import { resolveLocks, type TableLock } from './resolve-locks.ts';

/** A transaction as old as this is waited for without an attempt: it will hardly end within one. */
const longTransactionMs = 1000;
const maxLookPauseMs = 500;
const maxAttemptPauseMs = 2000;

/**
 * Calls `attempt` once the locks of `statements` look free, and again while it fails for a lock.
 *
 * Between attempts nothing is locked or queued: whoever waits for a table's lock makes all later queries of that table
 * wait behind it. A transaction that an attempt has waited for in vain is waited for by looking at `pg_locks`.
 *
 * @param attempt called with the locks, in the order in which to take them, and its number, from 0
 * @throws LockWaitEnded when the clock's limit is over
 */
export async function underLocks(
  session: WorkSession,
  statements: readonly ParsedStatement[],
  clock: LockWaitClock,
  attempt: (locks: readonly TableLock[], number: number) => Promise<void>,
): Promise<void> {
  let awaited: readonly Blocker[] = [];
  for (let number = 0; ; number++) {
    const locks = await resolveLocks(session, statements);
    clock.start();
    await waitUntilFree(session, locks, awaited, clock);
    clock.stop();
    session.forgetBlockers();
    try {
      return await attempt(locks, number);
    } catch (error) {
      if (!isLockFailure(error)) throw error;
      // Of an attempt, only its wait for the last lock: what it did before is no wait, however long it took.
      clock.start(session.lockAttemptMs);
      awaited = session.blockers.length > 0 ? session.blockers : await findBlockers(session, locks, []);
      if (clock.isOver) throw ended(session, clock, awaited, error);
    }
    clock.tell(awaited);
    const pauseMs = Math.min(session.lockAttemptMs * 2 ** number, maxAttemptPauseMs);
    await session.pause(clock.within(jittered(pauseMs)));
  }
}

/** Waits, without any lock, for the end of `awaited` and of long transactions that are in the way. */
async function waitUntilFree(
  session: WorkSession,
  locks: readonly TableLock[],
  awaited: readonly Blocker[],
  clock: LockWaitClock,
): Promise<void> {
  const transactions = awaited.map(({ transaction }) => transaction);
  // Without the right to see the age of others' transactions, it counts from when they are first seen.
  const firstSeenMs = new Map<string, number>();
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, maxLookPauseMs)) {
    const blockers = (await findBlockers(session, locks, transactions)).filter(({ transaction, ageMs }) => {
      const firstMs = firstSeenMs.get(transaction) ?? performance.now();
      firstSeenMs.set(transaction, firstMs);
      const knownMs = Math.max(ageMs, performance.now() - firstMs);
      return transactions.includes(transaction) || knownMs >= longTransactionMs;
    });
    if (blockers.length === 0) return;
    await session.assertMayContinue();
    clock.tell(blockers);
    if (clock.isOver) throw ended(session, clock, blockers);
    if (blockers.every(({ isAutovacuum }) => isAutovacuum)) await giveWayOfAutovacuum(session, locks);
    await session.pause(clock.within(jittered(pauseMs)));
  }
}

function ended(
  { lockAttemptMs, longestAttemptMs }: WorkSession,
  { waitedMs }: LockWaitClock,
  blockers: readonly Blocker[],
  cause?: unknown,
): LockWaitEnded {
  // After so long a wait, what is so young is not what was in the way first; an age that is not known is 0.
  const isOutlasted =
    lockAttemptMs < longestAttemptMs &&
    waitedMs >= 2 * longestAttemptMs &&
    blockers.every(({ ageMs }) => ageMs > 0 && ageMs < longestAttemptMs);
  return new LockWaitEnded(waitedMs, blockers, {
    sufficientAttemptMs: isOutlasted ? longestAttemptMs : undefined,
    cause,
  });
}

/** So that several that wait do not try in step. */
function jittered(pauseMs: number): number {
  return pauseMs * (0.5 + Math.random() / 2);
}
