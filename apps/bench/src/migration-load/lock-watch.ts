import { setTimeout as delay } from 'node:timers/promises';
import { withClient } from '../shop-server.ts';

/** A statement of the load that was seen waiting for a lock, and who had it. */
export interface SeenWait {
  atMs: number;
  waitedMs: number;
  waiting: string;
  blocking: string;
}

const intervalMs = 25;

/** Looks who of the load waits for whom, until the signal aborts. */
export async function watchLocks(url: string, signal: AbortSignal): Promise<SeenWait[]> {
  const seen: SeenWait[] = [];
  await withClient(url, async (client) => {
    while (!signal.aborted) {
      const { rows } = await client.query<Omit<SeenWait, 'atMs'>>(waitsSql);
      seen.push(...rows.map((row) => ({ ...row, waitedMs: Number(row.waitedMs), atMs: Date.now() })));
      await delay(intervalMs);
    }
  });
  return seen;
}

const waitsSql = `
select extract(epoch from clock_timestamp() - w.query_start) * 1000 as "waitedMs", left(w.query, 200) as waiting,
  (select string_agg(distinct left(b.query, 200), '; ') from pg_stat_activity b where b.pid = any(pg_blocking_pids(w.pid))
     and b.application_name <> 'load') as blocking
from pg_stat_activity w
where w.datname = current_database() and w.application_name = 'load' and w.wait_event_type = 'Lock'
  and clock_timestamp() - w.query_start > interval '20 ms'`;
