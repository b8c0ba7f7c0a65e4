import { expect, test } from 'vitest';
import { eventually, nodesOf, query, temporaryDirectory } from '../test/fixtures.ts';
import { startCluster, type Cluster } from './index.ts';

const databases = `select datname from pg_database where datname like 'shop%'`;
const waiting = `select count(*)::int from pg_stat_activity where wait_event = 'SyncRep'`;
const endWaiting = `select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`;

/** Kills the standby, and runs `work` against commits that wait. */
async function withoutStandby<Result>(cluster: Cluster, work: () => Promise<Result>): Promise<Result> {
  process.kill((await nodesOf(cluster.directory))[1]?.pid ?? 0, 'SIGKILL');
  await eventually(async () => (await nodesOf(cluster.directory))[1]?.running === false);
  return await work();
}

test('a database is there after a failover, also one that an earlier call was cut off from', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory });
  await withoutStandby(cluster, async () => {
    const cutOff = cluster.createDatabase('shop').catch(() => 'cut off');
    await eventually(async () => (await query(cluster.adminUrl, waiting))[0] === 1);
    await query(cluster.adminUrl, endWaiting);
    expect(await cutOff).toBe('cut off');
    expect(await query(cluster.adminUrl, databases)).toEqual(['shop']);
    // It is in the catalog, and on no standby: whoever finds it has to wait.
    let found = false;
    const second = cluster.createDatabase('shop').then(() => (found = true));
    await eventually(async () => (await query(cluster.adminUrl, waiting))[0] === 1);
    expect(found).toBe(false);
    await startCluster({ directory });
    await second;
  });
  process.kill((await nodesOf(directory))[0].pid ?? 0, 'SIGKILL');
  await cluster.failover();
  expect(await query(cluster.adminUrl, databases)).toEqual(['shop']);
});

test('the wait for a standby that is away can be ended', async () => {
  await using cluster = await startCluster({ directory: await temporaryDirectory() });
  await withoutStandby(cluster, async () => {
    const controller = new AbortController();
    const created = cluster.createDatabase('shop', { signal: controller.signal });
    await eventually(async () => (await query(cluster.adminUrl, waiting))[0] === 1);
    controller.abort(new Error('enough'));
    await expect(created).rejects.toThrow('enough');
  });
});
