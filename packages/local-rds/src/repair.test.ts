import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  eventually,
  nodesOf,
  onPort,
  postmastersIn,
  processesIn,
  query,
  runScript,
  temporaryDirectory,
} from '../test/fixtures.ts';
import { startCluster } from './index.ts';

const steps = ['Initialising', 'Starting the writer', 'Cloning', 'Starting the standby'];

test('a start that is killed again and again, at every step, is completed by the next one', async () => {
  const directory = await temporaryDirectory();
  for (const step of steps) {
    for (const delayMs of [0, 40]) {
      const script = runScript(`await rds.startCluster({
        directory: ${JSON.stringify(directory)},
        onProgress(message) {
          if (message.startsWith('${step}')) setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${delayMs});
        },
      });`);
      await script.ended;
    }
  }
  await using cluster = await startCluster({ directory });
  await query(cluster.adminUrl, 'create table t ()');
  expect((await nodesOf(directory)).map(({ syncState }) => syncState)).toEqual([null, 'quorum']);
  await eventually(async () => (await postmastersIn(directory)) === 2);
});

test('a start that is interrupted again and again, at every step, leaves no process, and can be repeated', async () => {
  const directory = await temporaryDirectory();
  for (const step of steps) {
    const controller = new AbortController();
    const onProgress = (message: string) => {
      if (message.startsWith(step)) setTimeout(() => controller.abort(), 20);
    };
    await expect(startCluster({ directory, signal: controller.signal, onProgress })).rejects.toThrow(
      'aborted',
    );
    await eventually(async () => (await processesIn(directory)).length === 0);
  }
  await using cluster = await startCluster({ directory });
  expect(await query(cluster.adminUrl, 'select 1')).toEqual([1]);
});

test('an interruption leaves servers alone that ran before', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory, standbys: 0 });
  const controller = new AbortController();
  const onProgress = () => controller.abort();
  await expect(
    startCluster({ directory, standbys: 1, signal: controller.signal, onProgress }),
  ).rejects.toThrow('aborted');
  expect(await query(cluster.adminUrl, 'select 1')).toEqual([1]);
  expect(await postmastersIn(directory)).toBe(1);
});

test('after a power cut the next start brings all back, though the pids belong to other programs', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory });
  await query(cluster.adminUrl, 'create table t as select generate_series(1, 100) as n');
  for (const { pid } of await nodesOf(directory)) process.kill(pid ?? 0, 'SIGKILL');
  await eventually(async () => (await processesIn(directory)).length === 0);
  for (const name of ['node-1', 'node-2']) {
    const path = join(directory, name, 'postmaster.pid');
    const [, ...rest] = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, [process.pid, ...rest].join('\n'));
  }
  expect((await nodesOf(directory)).map(({ running }) => running)).toEqual([false, false]);
  await startCluster({ directory });
  expect(await query(cluster.adminUrl, 'select count(*)::int from t')).toEqual([100]);
  expect((await nodesOf(directory)).map(({ syncState }) => syncState)).toEqual([null, 'quorum']);
});

test.each([
  { what: 'is missing', damage: (data: string) => rm(data, { recursive: true }) },
  { what: 'is damaged', damage: (data: string) => rm(join(data, 'global/pg_control')) },
  { what: 'was promoted by hand', damage: (data: string) => rm(join(data, 'standby.signal')) },
])('a standby that $what is cloned again', async ({ damage }) => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory });
  await cluster.stop();
  await damage(join(directory, 'node-2'));
  await startCluster({ directory });
  await query(cluster.adminUrl, 'create table t ()');
  expect((await nodesOf(directory)).map(({ syncState }) => syncState)).toEqual([null, 'quorum']);
});

test('a standby whose history has diverged is cloned again', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory });
  const [, standby] = cluster.standbys.length ? await nodesOf(directory) : [];
  const readerUrl = onPort(cluster.adminUrl, standby?.port ?? 0);
  await query(readerUrl, 'select pg_promote()');
  await query(readerUrl, `set synchronous_commit = off; create table astray ()`);
  await startCluster({ directory });
  await query(cluster.adminUrl, 'create table t ()');
  expect(await query(readerUrl, `select pg_is_in_recovery(), to_regclass('astray')`)).toEqual([true, null]);
});

test('a standby that was away for longer than WAL is kept is cloned again', async () => {
  const directory = await temporaryDirectory();
  const settings = { max_slot_wal_keep_size: '48MB', max_wal_size: '32MB', min_wal_size: '32MB' };
  await using cluster = await startCluster({ directory, synchronous: false, settings });
  process.kill((await nodesOf(directory))[1]?.pid ?? 0, 'SIGKILL');
  await query(cluster.adminUrl, 'create table t (n int)');
  for (let n = 0; n < 7; n++)
    await query(cluster.adminUrl, `insert into t values (${n}); select pg_switch_wal()`);
  await query(cluster.adminUrl, 'checkpoint');
  expect(await query(cluster.adminUrl, 'select wal_status from pg_replication_slots')).toEqual(['lost']);
  await startCluster({ directory });
  expect((await nodesOf(directory)).map(({ syncState }) => syncState)).toEqual([null, 'async']);
  expect(await query(cluster.adminUrl, 'select wal_status from pg_replication_slots')).toEqual(['reserved']);
});

test('a writer that died is started again, its standby untouched', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory });
  const [writer, standby] = await nodesOf(directory);
  await query(cluster.adminUrl, 'create table t ()');
  process.kill(writer.pid ?? 0, 'SIGKILL');
  await startCluster({ directory });
  await query(cluster.adminUrl, 'select * from t');
  expect((await nodesOf(directory))[1]?.pid).toBe(standby?.pid);
});
