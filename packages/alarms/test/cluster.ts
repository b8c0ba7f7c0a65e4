import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startCluster } from '@ecommerce-dms/local-rds';
import { Client, escapeLiteral } from 'pg';

/** A writer and a hot standby of their own: alarms look at the whole server, so other tests must not be on it. */
export interface MonitoredCluster {
  admin: Client;
  standbyAdmin: Client;
  /** Resolves when the standby, which follows asynchronously, has what the writer has now. */
  replicated(): Promise<void>;
  /** URLs of a role that has pg_monitor and nothing else. */
  writerUrl: string;
  readerUrl: string;
  /** A session of the superuser, ended with the cluster. */
  connect(database?: string): Promise<Client>;
  stop(): Promise<void>;
}

export async function startMonitoredCluster(): Promise<MonitoredCluster> {
  const directory = join(tmpdir(), `alarms-test-${randomBytes(6).toString('hex')}`);
  const cluster = await startCluster({
    directory,
    standbys: 1,
    synchronous: false,
    settings: {
      min_wal_size: '32MB',
      max_wal_size: '64MB',
      wal_keep_size: 0,
      deadlock_timeout: '50ms',
      // A standby's oldest snapshot, told every 10 s, would keep VACUUM from freezing.
      hot_standby_feedback: false,
    },
  });
  const { adminUrl } = cluster;
  const clients: Client[] = [];
  const connect = async (url: string): Promise<Client> => {
    const client = new Client({ connectionString: url });
    clients.push(client);
    await client.connect();
    return client;
  };
  const onPort = (port: number | undefined, database = 'postgres'): string => {
    const url = new URL(adminUrl);
    url.port = String(port);
    url.pathname = database;
    return url.href;
  };
  const admin = await connect(adminUrl);
  await admin.query(`create role monitor login password 'monitor-secret' in role pg_monitor`);
  const standbyAdmin = await connect(onPort(cluster.standbys[0]?.port));
  const replicated = async () => {
    const { rows } = await admin.query<{ lsn: string }>('select pg_current_wal_lsn() as lsn');
    const behind = `select where pg_last_wal_replay_lsn() < ${escapeLiteral(rows[0]?.lsn ?? '')}::pg_lsn`;
    while ((await standbyAdmin.query(behind)).rowCount !== 0) await delay(10);
  };
  await replicated();
  const monitor = { user: 'monitor', password: 'monitor-secret' };
  return {
    admin,
    standbyAdmin,
    replicated,
    writerUrl: cluster.url(monitor),
    readerUrl: cluster.readerUrl(monitor),
    connect: (database) => connect(onPort(cluster.writer.port, database)),
    stop: async () => {
      await Promise.allSettled(clients.map((client) => client.end()));
      await cluster.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
