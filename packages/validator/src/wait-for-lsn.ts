import { setTimeout } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import type { Session } from './session.ts';

const pollMs = 50;

/**
 * Waits until the server shows everything up to a WAL position: on a standby until it is replayed.
 *
 * @throws UserError `replay-timeout`
 */
export async function waitForLsn(
  session: Session,
  lsn: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const [row] = await session.query<{ reached: boolean; lsn: string | null }>(
      `select lsn >= $1::pg_lsn as reached, lsn::text as lsn from (select case when pg_is_in_recovery()
         then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as lsn) as position`,
      [lsn],
    );
    if (row?.reached === true) return;
    if (performance.now() >= deadline) {
      throw new UserError(
        'replay-timeout',
        `The server did not reach ${lsn} within ${timeoutMs} ms: it is at ${row?.lsn ?? 'no position'}.`,
        { hint: 'Check the replication lag and the writer, or wait longer: waitTimeoutMs.' },
      );
    }
    await setTimeout(pollMs, undefined, { signal });
  }
}
