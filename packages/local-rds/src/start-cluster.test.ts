import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  eventually,
  nodesOf,
  onPort,
  processesIn,
  query,
  runScript,
  temporaryDirectory,
} from '../test/fixtures.ts';
import { clusterStatus, openCluster, removeCluster, startCluster, stopCluster } from './index.ts';

test('a new cluster has a writer and a synchronous hot standby that replicates and only reads', async () => {
  const directory = await temporaryDirectory(`it's a "folder" \\ of mine`);
  await using cluster = await startCluster({ directory });
  const [standby] = cluster.standbys;
  const readerUrl = onPort(cluster.adminUrl, standby?.port ?? 0);
  await query(cluster.adminUrl, 'create table t as select generate_series(1, 1000) as n');
  await eventually(async () => (await query(readerUrl, `select to_regclass('t') is not null`))[0] === true);
  await expect(query(readerUrl, 'create table u ()')).rejects.toThrow('read-only');
  expect(await clusterStatus(directory)).toMatchObject({
    synchronous: true,
    nodes: [
      { name: 'node-1', role: 'writer', running: true, version: '18.4', lagBytes: null, syncState: null },
      { name: 'node-2', role: 'standby', running: true, version: '18.4', syncState: 'quorum' },
    ],
  });
  const settings = `select current_setting('data_checksums'), current_setting('fsync'), current_setting('timezone'),
    current_setting('password_encryption'), (select datlocale from pg_database where datname = 'postgres')`;
  expect(await query(cluster.adminUrl, settings)).toEqual(['on', 'on', 'UTC', 'scram-sha-256', 'C.UTF-8']);
});

test('a second start attaches; stop and start keep data and ports; another process can stop and remove', async () => {
  const directory = await temporaryDirectory();
  const cluster = await startCluster({ directory, settings: { work_mem: '7MB' } });
  await query(cluster.adminUrl, 'create table t as select 1 as n');
  const before = await nodesOf(directory);
  const again = await startCluster({ directory });
  expect(again.adminUrl).toBe(cluster.adminUrl);
  expect((await nodesOf(directory)).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));

  await stopCluster(directory);
  await stopCluster(directory);
  expect(await processesIn(directory)).toEqual([]);
  expect((await nodesOf(directory)).map(({ running, pid }) => ({ running, pid }))).toEqual([
    { running: false, pid: null },
    { running: false, pid: null },
  ]);
  await startCluster({ directory });
  expect(await query(cluster.adminUrl, `select n, current_setting('work_mem') from t`)).toEqual([1, '7MB']);

  await removeCluster(directory);
  await removeCluster(directory);
  await cluster.stop();
  expect(await processesIn(directory)).toEqual([]);
  await expect(stat(directory)).rejects.toThrow('ENOENT');
  await expect(openCluster(directory)).rejects.toMatchObject({ code: 'cluster-not-found' });
});

test('calls at the same time, of this process and of others, end with one and the same cluster', async () => {
  const directory = await temporaryDirectory();
  const script = `console.log((await rds.startCluster({ directory: ${JSON.stringify(directory)} })).adminUrl)`;
  const others = [runScript(script), runScript(script)];
  const urls = await Promise.all([
    startCluster({ directory }).then(({ adminUrl }) => adminUrl),
    startCluster({ directory }).then(({ adminUrl }) => adminUrl),
    ...others.map(async ({ ended }) => (await ended).trim()),
  ]);
  expect(new Set(urls).size).toBe(1);
  const postmasters = (await nodesOf(directory)).map(({ pid }) => pid);
  expect(postmasters).toHaveLength(2);
  expect(postmasters).not.toContain(null);
});

test('databases are created once, with their owner', async () => {
  await using cluster = await startCluster({ directory: await temporaryDirectory(), standbys: 0 });
  await query(cluster.adminUrl, `create role app login password 'p@ss/w:rd'`);
  await Promise.all([1, 2, 3].map(() => cluster.createDatabase('my shop', { owner: 'app' })));
  const url = cluster.url({ user: 'app', password: 'p@ss/w:rd', database: 'my shop' });
  expect(await query(url, 'select current_user, current_database()')).toEqual(['app', 'my shop']);
  expect(cluster.readerUrl({ user: 'app', password: 'p@ss/w:rd', database: 'my shop' })).toBe(url);
  await expect(query(cluster.url({ user: 'app', password: 'wrong' }), 'select 1')).rejects.toThrow(
    'password',
  );
});

test('passwords are in files of mode 0600 only, and in no argument, log or error', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory });
  const { superuserPassword, replicationPassword } = JSON.parse(
    await readFile(join(directory, 'cluster.json'), 'utf8'),
  ) as { superuserPassword: string; replicationPassword: string };
  await expect(query(onPort(cluster.adminUrl, 1), 'select 1')).rejects.not.toThrow(superuserPassword);
  const places: string[] = [];
  const open: string[] = [];
  for (const pid of await processesIn(directory)) {
    places.push(
      await readFile(`/proc/${pid}/cmdline`, 'utf8'),
      await readFile(`/proc/${pid}/environ`, 'utf8'),
    );
  }
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    const text = await readFile(path, 'latin1').catch(() => '');
    const secret = text.includes(superuserPassword) || text.includes(replicationPassword);
    if (secret && ((await stat(path)).mode & 0o777) !== 0o600) open.push(path);
    if (/\.(log|conf|opts)$/.test(path)) places.push(text);
  }
  expect(open).toEqual([]);
  expect(places.length).toBeGreaterThan(6);
  expect(
    places.filter((text) => text.includes(superuserPassword) || text.includes(replicationPassword)),
  ).toEqual([]);
});

test('the number of standbys follows the option, and stays when it is not given', async () => {
  const directory = await temporaryDirectory();
  const cluster = await startCluster({ directory, standbys: 0 });
  await query(cluster.adminUrl, 'create table t as select generate_series(1, 10) as n');
  await using grown = await startCluster({ directory, standbys: 2 });
  expect(grown.adminUrl).toBe(cluster.adminUrl);
  expect((await nodesOf(directory)).map(({ syncState }) => syncState)).toEqual([null, 'quorum', 'quorum']);
  for (const { port } of grown.standbys)
    expect(await query(onPort(cluster.adminUrl, port), 'select count(*)::int from t')).toEqual([10]);
  expect((await startCluster({ directory })).standbys).toHaveLength(2);
  const shrunk = await startCluster({ directory, standbys: 1, synchronous: false });
  expect(shrunk.standbys).toEqual(grown.standbys.slice(0, 1));
  expect((await nodesOf(directory)).map(({ syncState }) => syncState)).toEqual([null, 'async']);
  expect(await query(cluster.adminUrl, 'select slot_name from pg_replication_slots')).toEqual(['node_2']);
});
