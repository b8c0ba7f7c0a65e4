import { setTimeout as delay } from 'node:timers/promises';
import type { RunSettings } from './options.ts';
import { sqlState } from './sql-state.ts';

const basePauseMs = 250;
const maxPauseMs = 30_000;

/**
 * Calls `attempt` again while it fails with PostgreSQL's `lock_not_available` (55P03), at most `ddlLockRetries`
 * times. The pauses double from 250 ms to 30 s, with jitter, so that the queue behind the lock drains in between.
 *
 * @param attempt called with its number, from 0
 */
export async function retryLockTimeout(
  { ddlLockRetries, signal }: RunSettings,
  attempt: (number: number) => Promise<void>,
): Promise<void> {
  for (let number = 0; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (sqlState(error) !== '55P03' || number === ddlLockRetries) throw error;
    }
    const pauseMs = Math.min(basePauseMs * 2 ** number, maxPauseMs);
    await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal });
  }
}
