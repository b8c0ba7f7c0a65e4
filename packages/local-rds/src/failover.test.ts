import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import {
  eventually,
  nodesOf,
  onPort,
  postmastersIn,
  query,
  runScript,
  temporaryDirectory,
} from '../test/fixtures.ts';
import { startCluster, type Cluster } from './index.ts';

/** Inserts 1, 2, 3, ... each in its own commit, reconnecting as an application does; knows what was acknowledged. */
async function writeLoad(url: string, worker: number, isOver: () => boolean): Promise<number[]> {
  const acknowledged: number[] = [];
  for (let next = worker * 1_000_000; !isOver(); next++) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000, query_timeout: 5000 });
    client.on('error', () => {});
    try {
      await client.connect();
      for (; !isOver(); next++) {
        await client.query('insert into load values ($1)', [next]);
        acknowledged.push(next);
      }
    } catch {
      await delay(5);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return acknowledged;
}

/** Fails over while three sessions write, and goes on writing; says which acknowledged rows are gone. */
async function failOverUnderLoad(cluster: Cluster, isKilled: boolean) {
  const [writer] = await nodesOf(cluster.directory);
  const url = cluster.adminUrl;
  await query(url, 'create table if not exists load (n int primary key); truncate load');
  let over = false;
  const load = [1, 2, 3].map((worker) => writeLoad(url, worker, () => over));
  const count = async () => Number((await query(url, 'select count(*) from load'))[0]);
  await eventually(async () => (await count()) > 200);
  if (isKilled) process.kill(writer.pid ?? 0, 'SIGKILL');
  const { from, to } = await cluster.failover();
  const before = await count();
  await eventually(async () => (await count()) > before + 50);
  over = true;
  const acknowledged = (await Promise.all(load)).flat();
  const present = new Set(await query(url, 'select n from load'));
  return { change: `${from} -> ${to}`, lost: acknowledged.filter((n) => !present.has(n)) };
}

test('no acknowledged row is lost when the writer is killed under load, or is alive, there and back', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory });
  expect(await failOverUnderLoad(cluster, true)).toEqual({ change: 'node-1 -> node-2', lost: [] });
  expect(await failOverUnderLoad(cluster, false)).toEqual({ change: 'node-2 -> node-1', lost: [] });
  expect(await failOverUnderLoad(cluster, true)).toEqual({ change: 'node-1 -> node-2', lost: [] });
  expect(await nodesOf(directory)).toMatchObject([
    { name: 'node-2', role: 'writer', port: cluster.writer.port },
    { name: 'node-1', role: 'standby', syncState: 'quorum' },
  ]);
});

test('of two standbys the most advanced takes over, also when it is the one that is stopped', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory, standbys: 2 });
  const [writer, behind, ahead] = await nodesOf(directory);
  // The first standby stops receiving; the second acknowledges the row alone, and dies with the writer.
  process.kill(behind?.pid ?? 0, 'SIGKILL');
  await query(cluster.adminUrl, 'create table t as select 1 as n');
  process.kill(ahead?.pid ?? 0, 'SIGKILL');
  process.kill(writer.pid ?? 0, 'SIGKILL');
  expect(await cluster.failover()).toEqual({
    from: 'node-1',
    to: 'node-3',
    lostBytes: 0,
    keptDirectory: undefined,
    notRejoined: [],
  });
  expect(await query(cluster.adminUrl, 'select n from t')).toEqual([1]);
  expect((await nodesOf(directory)).map(({ syncState }) => syncState)).toEqual([null, 'quorum', 'quorum']);
});

test('without a standby there is no failover, and the writer goes on', async () => {
  await using cluster = await startCluster({ directory: await temporaryDirectory(), standbys: 0 });
  await expect(cluster.failover()).rejects.toMatchObject({ code: 'standby-unavailable', exitCode: 1 });
  expect(await query(cluster.adminUrl, 'select 1')).toEqual([1]);
});

// Five failovers, each of them repaired, on a machine that may be busy.
test(
  'a failover that is killed at any step is finished or taken back by the next start, nothing lost',
  { timeout: 90_000 },
  async () => {
    const directory = await temporaryDirectory();
    await using cluster = await startCluster({ directory });
    await query(cluster.adminUrl, 'create table t (step text)');
    const steps = [
      'Stopping the writer',
      'Starting the writer',
      'Promoting',
      'Cloning',
      'Starting the standby',
    ];
    for (const [index, step] of steps.entries()) {
      const script = runScript(`
      const cluster = await rds.openCluster(${JSON.stringify(directory)});
      await cluster.failover({ onProgress(message) {
        if (message.startsWith('${step}')) process.kill(process.pid, 'SIGKILL');
      } });`);
      await script.ended;
      await startCluster({ directory });
      await query(cluster.adminUrl, `insert into t values ('${step}')`);
      expect(await query(cluster.adminUrl, 'select step from t')).toEqual(steps.slice(0, index + 1));
      const nodes = await nodesOf(directory);
      expect(nodes.map(({ running, syncState }) => [running, syncState])).toEqual([
        [true, null],
        [true, 'quorum'],
      ]);
      const readerUrl = onPort(cluster.adminUrl, nodes[1]?.port ?? 0);
      expect(await query(readerUrl, 'select pg_is_in_recovery()')).toEqual([true]);
      expect(await postmastersIn(directory)).toBe(2);
    }
    // The first one was taken back, the four others were finished.
    expect((await nodesOf(directory))[0].name).toBe('node-1');
  },
);
