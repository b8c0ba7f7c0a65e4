import { sqlState } from '../sql-state.ts';
import type { Blocker } from './blockers.ts';

/** The locks of a migration were not free within an attempt. */
export class LockNotTaken extends Error {}

/** The limit for waiting for locks is over; nothing is held. */
export class LockWaitEnded extends Error {
  readonly waitedMs: number;
  readonly blockers: readonly Blocker[];
  /** An attempt of so many ms would have outlasted these transactions; undefined where none may last so long. */
  readonly sufficientAttemptMs: number | undefined;

  constructor(
    waitedMs: number,
    blockers: readonly Blocker[],
    { sufficientAttemptMs, cause }: { sufficientAttemptMs?: number | undefined; cause?: unknown } = {},
  ) {
    super('The locks were not free in time.', { cause });
    this.waitedMs = waitedMs;
    this.blockers = blockers;
    this.sufficientAttemptMs = sufficientAttemptMs;
  }
}

/** Whether an attempt failed only because of other sessions' locks, so that a later one can succeed. */
export function isLockFailure(error: unknown): boolean {
  if (error instanceof LockNotTaken) return true;
  // lock_not_available and deadlock_detected
  return ['55P03', '40P01'].includes(sqlState(error) ?? '');
}
