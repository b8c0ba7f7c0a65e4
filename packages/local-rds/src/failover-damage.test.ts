import { open, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually, nodesOf, onPort, query, temporaryDirectory } from '../test/fixtures.ts';
import { startCluster, type Cluster } from './index.ts';

const sum = 5_000_050_000;

async function clusterWithTable(standbys = 1): Promise<{ cluster: Cluster; path: string }> {
  const cluster = await startCluster({ directory: await temporaryDirectory(), standbys });
  await query(
    cluster.adminUrl,
    'create table t as select n::bigint from generate_series(1, 100000) n; create index on t (n); analyze t',
  );
  const [path] = await query(cluster.adminUrl, `select pg_relation_filepath('t')`);
  // On disk everywhere.
  await query(cluster.adminUrl, 'checkpoint');
  for (const { port } of cluster.standbys) {
    const url = onPort(cluster.adminUrl, port);
    await eventually(async () => (await query(url, `select to_regclass('t') is not null`))[0] === true);
    await query(url, 'checkpoint');
  }
  return { cluster, path: String(path) };
}

async function overwrite(path: string, offset: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, offset);
  await file.close();
}

const rows = async (cluster: Cluster) => Number((await query(cluster.adminUrl, 'select sum(n) from t'))[0]);

interface Damage {
  what: string;
  doTo: (file: string) => Promise<void>;
  /** A pattern of what is reported. */
  fault: string;
}

const badPage: Damage = {
  what: 'has a bad page',
  doTo: (file) => overwrite(file, 8192 * 3 + 4000, Buffer.from('x')),
  fault: 'page 3, has a wrong checksum',
};
const truncatedFile: Damage = {
  what: 'has a truncated file',
  doTo: (file) => truncate(file, 8192 * 2),
  fault: 'has 2 pages, the writer.s has \\d+',
};
const damages: Damage[] = [
  badPage,
  truncatedFile,
  {
    what: 'lost a file',
    doTo: (file) => rm(file),
    fault: 'table public.t in database "postgres", is missing',
  },
  {
    what: 'has a page that was zeroed',
    doTo: (file) => overwrite(file, 8192 * 5, Buffer.alloc(8192)),
    fault: 'page 5, is blank',
  },
];

test.each(damages)(
  'a standby that $what does not take over from a living writer; startCluster clones it, and then it does',
  async ({ doTo, fault }) => {
    const { cluster, path } = await clusterWithTable();
    await using _cluster = cluster;
    await doTo(join(cluster.directory, 'node-2', path));
    const before = await nodesOf(cluster.directory);
    await expect(cluster.failover()).rejects.toMatchObject({
      code: 'standby-unavailable',
      message: expect.stringMatching(new RegExp(`goes on serving.*\nnode-2: .*${fault}`)),
      hint: expect.stringContaining('startCluster'),
    });
    expect((await nodesOf(cluster.directory))[0]).toMatchObject({ name: 'node-1', pid: before[0].pid });
    expect(await rows(cluster)).toBe(sum);
    await startCluster({ directory: cluster.directory });
    expect(await cluster.failover()).toMatchObject({ to: 'node-2', notRejoined: [] });
    expect(await rows(cluster)).toBe(sum);
  },
);

test.each([badPage, truncatedFile])(
  'a standby that $what does not take over from a dead writer, which startCluster brings back',
  async ({ doTo, fault }) => {
    const { cluster, path } = await clusterWithTable();
    await using _cluster = cluster;
    await doTo(join(cluster.directory, 'node-2', path));
    process.kill((await nodesOf(cluster.directory))[0].pid ?? 0, 'SIGKILL');
    await expect(cluster.failover()).rejects.toMatchObject({
      code: 'standby-unavailable',
      message: expect.stringMatching(new RegExp(`nothing was deleted.\nnode-2: .*${fault}`)),
    });
    await startCluster({ directory: cluster.directory });
    expect(await rows(cluster)).toBe(sum);
    expect(await cluster.failover()).toMatchObject({ to: 'node-2' });
    expect(await rows(cluster)).toBe(sum);
  },
);

test.each([{ writer: 'living' }, { writer: 'dead' }])(
  'a standby whose catalog is damaged, so that no session can begin, does not follow a $writer writer',
  async ({ writer }) => {
    const { cluster } = await clusterWithTable();
    await using _cluster = cluster;
    const [path] = await query(cluster.adminUrl, `select pg_relation_filepath('pg_class')`);
    const [first, second] = await nodesOf(cluster.directory);
    process.kill(second?.pid ?? 0, 'SIGKILL');
    await eventually(async () => (await nodesOf(cluster.directory))[1]?.pid === null);
    const catalog = join(cluster.directory, 'node-2', String(path));
    for (let page = 0; page < (await stat(catalog)).size; page += 8192) {
      await overwrite(catalog, page + 4000, Buffer.from('damage'));
    }
    if (writer === 'dead') process.kill(first.pid ?? 0, 'SIGKILL');
    await expect(cluster.failover()).rejects.toMatchObject({
      code: 'standby-unavailable',
      message: expect.stringMatching(/node-2: cannot be read: invalid page in block/),
    });
    await startCluster({ directory: cluster.directory });
    expect(await cluster.failover()).toMatchObject({ to: 'node-2', notRejoined: [] });
    expect(await rows(cluster)).toBe(sum);
  },
);

test('a dead writer is followed by an intact standby, though a file is missing on the first one', async () => {
  const { cluster, path } = await clusterWithTable(2);
  await using _cluster = cluster;
  await rm(join(cluster.directory, 'node-2', path));
  process.kill((await nodesOf(cluster.directory))[0].pid ?? 0, 'SIGKILL');
  expect(await cluster.failover()).toMatchObject({ to: 'node-3', notRejoined: [] });
  expect(await rows(cluster)).toBe(sum);
  // The damaged one was cloned again on the way.
  const [, ...standbys] = await nodesOf(cluster.directory);
  for (const { port } of standbys) {
    expect(Number((await query(onPort(cluster.adminUrl, port), 'select sum(n) from t'))[0])).toBe(sum);
  }
});

test('a standby whose replay is paused takes over when it goes on, as the message says', async () => {
  const { cluster } = await clusterWithTable();
  await using _cluster = cluster;
  const url = onPort(cluster.adminUrl, cluster.standbys[0]?.port ?? 0);
  await query(url, 'select pg_wal_replay_pause()');
  const refusal = await cluster.failover().catch((error: Error) => error.message);
  const remedy = /node-2: has its replay paused: (.*)$/.exec(String(refusal))?.[1];
  await query(url, String(remedy));
  expect(await cluster.failover()).toMatchObject({ to: 'node-2' });
});
