import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '@ecommerce-dms/local-rds';
import { expect, onTestFinished, test } from 'vitest';
import { column, failure, openClient, openDatabase } from '../../test/fixtures.ts';
import { folderOf, migratorOf } from '../../test/folder.ts';
import { startPooler } from '../../test/pooler.ts';
import { ReplicaLag } from './replica-lag.ts';

const files = {
  'M1.sql': `create table item (id int primary key, note text); insert into item select generate_series(1, 2000)`,
  'backfills/fill.sql': `-- max-lag: 300ms\nupdate item set note = 'new' where note is null`,
};

test('it waits while a standby replays nothing, and goes on when it does', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'backfill-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await using cluster = await startCluster({ directory, standbys: 1, synchronous: false });
  const folder = await folderOf(files);
  const migrator = await migratorOf(cluster.adminUrl, folder);
  await migrator.up();
  const standbyUrl = new URL(cluster.adminUrl);
  standbyUrl.port = String(cluster.standbys[0]?.port);
  const standby = await openClient(standbyUrl.href);
  await standby.query('select pg_wal_replay_pause()');
  const lines: string[] = [];
  const running = migrator.backfill('fill', {
    batchSize: 1,
    pauseMs: 5,
    onProgress: (line) => lines.push(line),
  });
  await expect
    .poll(() => lines.find((line) => line.includes('waits')), { timeout: 20_000 })
    .toMatch(/^fill: waits, since the standby \S+ is \d+\.\d s behind, more than 0\.3 s$/);
  const writer = await openClient(cluster.adminUrl);
  const changed = () => column(writer, 'select count(*)::int from item where note is not null');
  const before = await changed();
  expect(Number(before[0])).toBeLessThan(2000);
  expect(await changed()).toEqual(before);
  await standby.query('select pg_wal_replay_resume()');
  expect(await running).toMatchObject([{ rowsChanged: 2000 }]);
});

test('the lag of a standby that stands still grows, and that of one that is up to date is none', () => {
  const lag = new ReplicaLag();
  const standby = (name: string, replayed: number, replayLagMs?: number) => ({ name, replayed, replayLagMs });
  expect(lag.sample(100, [], 0)).toBeUndefined();
  expect(lag.sample(200, [standby('a', 100), standby('b', 200)], 1000)).toEqual({ name: 'a', lagMs: 0 });
  expect(lag.sample(300, [standby('a', 100), standby('b', 250)], 3000)).toEqual({ name: 'a', lagMs: 2000 });
  expect(lag.sample(300, [standby('a', 300), standby('b', 300, 40)], 4000)).toEqual({ name: 'b', lagMs: 40 });
});

test('a pooler in transaction mode is refused', async () => {
  const { url } = await openDatabase();
  const folder = await folderOf(files);
  await (await migratorOf(url, folder)).up();
  const pooled = await migratorOf(await startPooler(url, { mode: 'transaction' }), folder);
  expect(await failure(pooled.backfill('fill'))).toMatchObject({ code: 'migration-pooled' });
});
