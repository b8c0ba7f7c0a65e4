import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { eventually, nodesOf, onPort, query, temporaryDirectory } from '../test/fixtures.ts';
import { clusterStatus, openCluster, removeCluster, startCluster, type Cluster } from './index.ts';

// Clusters with synchronous standbys, and commits that did not wait for one.

// More than sockets hold.
const rows = `insert into t select n, repeat('x', 1000) from generate_series(1, 20000) n`;
const count = (cluster: Cluster) => query(cluster.adminUrl, 'select count(*)::int from t');

async function synchronousCluster(settings: Record<string, string> = {}): Promise<Cluster> {
  const cluster = await startCluster({ directory: await temporaryDirectory(), settings });
  onTestFinished(() => cluster.stop());
  await query(cluster.adminUrl, 'create table t (n int, pad text)');
  return cluster;
}

/** Runs `work` while the standby receives nothing, then kills the writer and all of its sessions. */
async function dieAhead(cluster: Cluster, work: () => Promise<unknown>): Promise<void> {
  const readerUrl = onPort(cluster.adminUrl, cluster.standbys[0]?.port ?? 0);
  const receiver = `select pid from pg_stat_activity where backend_type = 'walreceiver'`;
  await eventually(async () => (await query(readerUrl, receiver)).length === 1);
  const pid = Number((await query(readerUrl, receiver))[0]);
  process.kill(pid, 'SIGSTOP');
  try {
    await work();
    await crash(cluster);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** As a power cut: no session of the writer sends what it has left. */
async function crash({ directory, adminUrl, writer }: Cluster): Promise<void> {
  const pids = await query(adminUrl, 'select pid from pg_stat_activity where pid <> pg_backend_pid()');
  const postmaster = (await nodesOf(directory)).find(({ name }) => name === writer.name)?.pid ?? 0;
  for (const pid of [postmaster, ...pids.map(Number)]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended since it was listed.
    }
  }
  await eventually(async () => (await nodesOf(directory))[0].pid === null);
}

interface Exception {
  what: string;
  settings?: Record<string, string>;
  sql?: string[];
  reason: string;
}

test.each<Exception>([
  {
    what: 'a setting of the cluster',
    settings: { synchronous_commit: 'local' },
    reason: 'synchronous_commit is local.',
  },
  {
    what: 'a setting of a role',
    sql: ['alter role postgres set synchronous_commit = local'],
    reason: 'Commits of role postgres',
  },
  {
    what: 'a setting of a database',
    sql: ['alter database postgres set synchronous_commit = local'],
    reason: 'Commits of database postgres',
  },
  {
    what: 'names of its own',
    settings: { synchronous_standby_names: '' },
    reason: `Commits may not wait for a standby: synchronous_standby_names is ''.`,
  },
  {
    what: 'a file of the server',
    sql: ['alter system set synchronous_commit = local', 'select pg_reload_conf()'],
    reason: 'synchronous_commit is local.',
  },
])(
  'acknowledged rows that $what has kept from waiting are not lost unless that is accepted',
  async ({ settings, sql = [], reason }) => {
    const cluster = await synchronousCluster(settings);
    // What is in a transaction of its own is on the standby before the next statement.
    for (const statement of sql) await query(cluster.adminUrl, statement);
    await dieAhead(cluster, () => query(cluster.adminUrl, rows));
    const again = await openCluster(cluster.directory);
    await expect(again.failover()).rejects.toMatchObject({
      code: 'failover-refused',
      message: expect.stringContaining(reason),
    });
    // As the hint says.
    await startCluster({ directory: cluster.directory });
    expect(await count(cluster)).toEqual([20_000]);
  },
);

test('what a session has kept from waiting is kept aside, in one folder at most, which the status names', async () => {
  const cluster = await synchronousCluster();
  const { directory } = cluster;
  const lose = async () => {
    await dieAhead(cluster, () => query(cluster.adminUrl, `set synchronous_commit = local; ${rows}`));
    return await cluster.failover();
  };
  const first = await lose();
  expect(first).toMatchObject({ from: 'node-1', to: 'node-2', notRejoined: [] });
  expect(first.lostBytes).toBeGreaterThan(1_000_000);
  expect(await count(cluster)).toEqual([0]);
  expect((await stat(join(String(first.keptDirectory), 'PG_VERSION'))).isFile()).toBe(true);
  expect((await clusterStatus(directory)).keptDirectory).toBe(first.keptDirectory);

  const second = await lose();
  expect(second.from).toBe('node-2');
  expect((await readdir(directory)).filter((name) => name.includes('.kept-'))).toEqual([
    String(second.keptDirectory).slice(directory.length + 1),
  ]);
  expect((await clusterStatus(directory)).keptDirectory).toBe(second.keptDirectory);
  await removeCluster(directory);
  await expect(stat(String(second.keptDirectory))).rejects.toThrow('ENOENT');
});

test('a commit that is not acknowledged yet does not keep a standby from taking over', async () => {
  const cluster = await synchronousCluster();
  const client = new Client({ connectionString: cluster.adminUrl });
  client.on('error', () => {});
  await client.connect();
  let acknowledged: boolean | undefined;
  await dieAhead(cluster, async () => {
    client.query(rows).then(
      () => (acknowledged = true),
      () => (acknowledged = false),
    );
    const waits = `select count(*)::int from pg_stat_activity where wait_event = 'SyncRep'`;
    await eventually(async () => (await query(cluster.adminUrl, waits))[0] === 1);
  });
  const { lostBytes, keptDirectory } = await cluster.failover();
  expect(acknowledged).toBe(false);
  expect(lostBytes).toBeGreaterThan(1_000_000);
  expect(keptDirectory).toBeDefined();
  expect(await count(cluster)).toEqual([0]);
});

test('a standby that alone may have acknowledged a commit is waited for, damaged or joining as it may be', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory, standbys: 2 });
  await query(cluster.adminUrl, 'create table t (n int, pad text)');
  const [, behind, ahead] = await nodesOf(directory);
  process.kill(behind?.pid ?? 0, 'SIGKILL');
  await eventually(async () => (await nodesOf(directory))[1]?.pid === null);
  await query(cluster.adminUrl, rows);
  const [path] = await query(cluster.adminUrl, `select pg_relation_filepath('pg_class')`);
  process.kill(ahead?.pid ?? 0, 'SIGKILL');
  await crash(cluster);
  const catalog = join(directory, 'node-3', String(path));
  const file = await open(catalog, 'r+');
  // Every page: no session can begin, whichever of them it reads.
  for (let page = 0; page < (await stat(catalog)).size; page += 8192) {
    await file.write(Buffer.from('damage'), 0, 6, page + 4000);
  }
  await file.close();
  await expect(cluster.failover()).rejects.toMatchObject({
    code: 'failover-refused',
    message: expect.stringContaining('Commits may have waited for node-3 alone, which has more than node-2.'),
  });
  await startCluster({ directory });
  expect(await count(cluster)).toEqual([20_000]);
});
