import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually, nodesOf, query, temporaryDirectory } from '../test/fixtures.ts';
import { startCluster, type Cluster } from './index.ts';
import { endOfWal } from './wal-end.ts';

const flushed = `select pg_logical_emit_message(false, 'test', '', true) - '0/0'`;

async function kill(cluster: Cluster, name: string): Promise<void> {
  const nodes = await nodesOf(cluster.directory);
  process.kill(nodes.find((node) => node.name === name)?.pid ?? 0, 'SIGKILL');
  await eventually(async () => {
    const node = (await nodesOf(cluster.directory)).find((node) => node.name === name);
    return node?.pid === null;
  });
}

/** An asynchronous cluster whose writer died with rows that its standby has not. */
async function deadWriterAhead(): Promise<{ cluster: Cluster; lost: number }> {
  const cluster = await startCluster({ directory: await temporaryDirectory(), synchronous: false });
  onTestFinished(() => cluster.stop());
  await query(cluster.adminUrl, 'create table t (n int); insert into t values (1)');
  // All of it is on the standby.
  await cluster.failover();
  const { writer, standbys } = cluster;
  await kill(cluster, standbys[0]?.name ?? '');
  await query(cluster.adminUrl, 'insert into t select generate_series(2, 50000)');
  const [after] = await query(cluster.adminUrl, flushed);
  await kill(cluster, writer.name);
  return {
    cluster,
    lost: Number(after) - (await endOfWal(join(cluster.directory, standbys[0]?.name ?? ''))),
  };
}

test.each([
  { where: 'over several segments', sql: 'create table t as select generate_series(1, 400000) as n' },
  {
    where: 'behind a switch',
    sql: 'select pg_switch_wal(); create table t as select 1 as n; select pg_switch_wal(); create table u ()',
  },
])('the end of WAL is found, $where, on the writer and on the standby', async ({ sql }) => {
  await using cluster = await startCluster({ directory: await temporaryDirectory() });
  await query(cluster.adminUrl, sql);
  // A timeline ends, and another begins.
  await cluster.failover();
  await query(cluster.adminUrl, 'create table last ()');
  const end = Number((await query(cluster.adminUrl, flushed))[0]);
  for (const { name } of [cluster.writer, ...cluster.standbys]) {
    await kill(cluster, name);
    const found = await endOfWal(join(cluster.directory, name));
    expect(found).toBeGreaterThanOrEqual(end);
    // A writer notes now and then which transactions run.
    expect(found).toBeLessThan(end + 300);
    // The same from anywhere in it.
    for (const from of [end, found]) expect(await endOfWal(join(cluster.directory, name), from)).toBe(found);
    await expect(endOfWal(join(cluster.directory, name), found + 2 ** 25)).rejects.toThrow('not in');
  }
});

test('a failover that would lose commits is refused with their number, and done when it is accepted', async () => {
  const { cluster, lost } = await deadWriterAhead();
  const [writer, standby] = [cluster.writer.name, cluster.standbys[0]?.name];
  expect(lost).toBeGreaterThan(1_000_000);
  const refusal: Error & { hint?: string } = await cluster.failover({ acceptLossBytes: 1000 }).then(
    () => new Error('not refused'),
    (error: Error) => error,
  );
  expect(refusal).toMatchObject({
    code: 'failover-refused',
    message: `A failover to ${standby} would lose ${lost} bytes of WAL that only ${writer} has, and 1000 are accepted. Commits do not wait for a standby: the cluster is asynchronous.`,
  });
  const acceptLossBytes = Number(/acceptLossBytes: (\d+)/.exec(refusal.hint ?? '')?.[1]);
  const { keptDirectory, ...result } = await cluster.failover({ acceptLossBytes });
  expect(result).toEqual({ from: writer, to: standby, lostBytes: lost, notRejoined: [] });
  expect(await query(cluster.adminUrl, 'select n from t')).toEqual([1]);
  expect((await nodesOf(cluster.directory)).map(({ syncState }) => syncState)).toEqual([null, 'async']);
  // Neither a repair nor a failover that has nothing to keep touches what was kept.
  await startCluster({ directory: cluster.directory });
  await cluster.failover();
  expect(String(keptDirectory)).toContain(`${cluster.directory}/${writer}.kept-`);
  expect((await stat(join(String(keptDirectory), 'PG_VERSION'))).isFile()).toBe(true);
});

test('after the refusal startCluster brings the writer back with all of it', async () => {
  const { cluster } = await deadWriterAhead();
  await expect(cluster.failover()).rejects.toMatchObject({ code: 'failover-refused' });
  await startCluster({ directory: cluster.directory });
  expect(await query(cluster.adminUrl, 'select count(*)::int from t')).toEqual([50_000]);
  expect(await cluster.failover()).toMatchObject({ lostBytes: 0, keptDirectory: undefined });
  expect(await query(cluster.adminUrl, 'select count(*)::int from t')).toEqual([50_000]);
});

test('a loss that cannot be determined is refused, unless any is accepted', async () => {
  const { cluster } = await deadWriterAhead();
  const wal = join(cluster.directory, cluster.writer.name, 'pg_wal');
  for (const name of await readdir(wal)) if (/^[0-9A-F]{24}$/.test(name)) await rm(join(wal, name));
  await expect(cluster.failover({ acceptLossBytes: 1e15 })).rejects.toMatchObject({
    code: 'failover-refused',
    message: expect.stringContaining('would lose an unknown number of bytes'),
    hint: expect.stringContaining('acceptLossBytes: Infinity'),
  });
  const result = await cluster.failover({ acceptLossBytes: Infinity });
  expect(result).toMatchObject({ lostBytes: undefined, keptDirectory: expect.any(String) });
  expect(await query(cluster.adminUrl, 'select n from t')).toEqual([1]);
});

test('a planned failover of an asynchronous cluster waits for the standby and loses nothing', async () => {
  await using cluster = await startCluster({ directory: await temporaryDirectory(), synchronous: false });
  await query(cluster.adminUrl, 'create table t as select generate_series(1, 200000) as n');
  expect(await cluster.failover()).toMatchObject({ lostBytes: 0, keptDirectory: undefined });
  expect(await query(cluster.adminUrl, 'select count(*)::int from t')).toEqual([200_000]);
});

test('acceptLossBytes must be a number from 0 on', async () => {
  await using cluster = await startCluster({ directory: await temporaryDirectory() });
  const refusal = { code: 'invalid-settings', exitCode: 2 };
  await expect(cluster.failover({ acceptLossBytes: -1 })).rejects.toMatchObject(refusal);
  await expect(cluster.failover({ acceptLossBytes: Number.NaN })).rejects.toMatchObject(refusal);
});
