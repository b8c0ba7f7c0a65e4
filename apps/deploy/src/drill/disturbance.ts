import { setTimeout as delay } from 'node:timers/promises';
import { isUserError, UserError } from '@ecommerce-dms/errors';
import { type Cluster, clusterStatus, startCluster } from '@ecommerce-dms/local-rds';
import { withClient } from '../database/with-client.ts';
import { clientName } from './drill-shop.ts';

/** What happened to the servers. */
export interface Crash {
  /** What took over: the standby, or the same server after its recovery. */
  writer: string;
  recovery: 'failover' | 'restart';
  /** From the end of the writer until the cluster was whole again. */
  ms: number;
}

/** Ends a session of a random client or worker now and then, until `signal` aborts; returns how many it ended. */
export async function killClients(adminUrl: string, signal: AbortSignal): Promise<number> {
  let kills = 0;
  while (!signal.aborted) {
    kills += await withClient(adminUrl, async (client) => {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where (application_name = $1 or application_name like $2) and datname = current_database()
         order by random() limit 1`,
        [clientName, 'shop worker%'],
      );
      return rowCount ?? 0;
    }).catch(() => 0); // While the servers are down there is nobody to kill.
    await delay(20 + Math.random() * 60, undefined, { signal }).catch(() => undefined);
  }
  return kills;
}

/**
 * Ends the writer at once, as a crash does (`pg_ctl stop -m immediate`: no checkpoint, no goodbye), and brings the
 * cluster back: by a failover where there is a standby that has all acknowledged commits, else by a restart.
 */
export async function crashWriter(cluster: Cluster): Promise<Crash> {
  const startedAt = performance.now();
  const { nodes } = await clusterStatus(cluster.directory);
  const pid = nodes.find(({ role }) => role === 'writer')?.pid;
  if (typeof pid !== 'number') throw new Error('The writer has no process.');
  process.kill(pid, 'SIGQUIT');
  const hasFailedOver = cluster.standbys.length > 0 && (await failOver(cluster));
  if (!hasFailedOver) await startCluster({ directory: cluster.directory });
  const recovery = hasFailedOver ? 'failover' : 'restart';
  return { writer: cluster.writer.name, recovery, ms: Math.round(performance.now() - startedAt) };
}

/**
 * False, and the writer is as it was, where commits may not have waited for the standby: other databases of the cluster
 * must not lose any.
 *
 * @throws UserError `standby-not-rejoined` when the old writer is no standby afterwards
 */
async function failOver(cluster: Cluster): Promise<boolean> {
  const result = await cluster.failover().catch((error: unknown) => {
    if (isUserError(error) && error.code === 'failover-refused') return undefined;
    throw error;
  });
  if (result === undefined) return false;
  const { notRejoined } = result;
  if (notRejoined.length === 0) return true;
  const reasons = notRejoined.map(({ name, reason }) => `${name}: ${reason}`);
  throw new UserError(
    'standby-not-rejoined',
    `The cluster has a writer, and lacks a standby. ${reasons.join(' ')}`,
    { hint: 'Start the cluster again.' },
  );
}
