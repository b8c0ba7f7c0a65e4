import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openCluster } from '@ecommerce-dms/local-rds';
import { findUnfinishedRun } from '@ecommerce-dms/seeder';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dms, Dms, query, scratchFolder, urlsIn } from '../test/dms.ts';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let migrator: string;
beforeAll(async () => {
  folder = await scratchFolder();
  await dms(folder.path, 'up', '--orders', '0');
  ({ migrator } = await urlsIn(folder.path));
});
afterAll(() => folder.remove());

/** A failover on a busy machine takes its time. */
const timeout = 120_000;
const drill = ['drill', 'concurrency', '--clients', '30', '--operations', '300', '--seed', '12'];

async function databases(): Promise<string[]> {
  const rows = await query<{ name: string }>(migrator, 'select datname as name from pg_database order by 1');
  return rows.map(({ name }) => name);
}

/** Leaves what the drill has to undo first: it crashes the writer, and that is no time to be without keys. */
async function cutOffALoad(): Promise<void> {
  const load = new Dms(folder.path, ['seed', '--orders', '4000']);
  while ((await findUnfinishedRun({ url: migrator })) === undefined) await setTimeout(5);
  load.kill('SIGKILL');
  await load.ended;
}

test(
  'a drill sells exactly what is there, survives kills and a crash, and loses nothing',
  { timeout },
  async () => {
    await cutOffALoad();
    const { code, stdout, stderr } = await dms(folder.path, ...drill, '--json');
    expect(stderr).toContain("Undid the load of the plan 'shop'");
    expect(stderr).not.toContain('dms:');
    expect(code).toBe(0);
    const { lastUnits, lastCoupons, repeatedKey, mixedLoad, warnings, losses } = JSON.parse(stdout);
    expect(lastUnits).toEqual({ clients: 30, units: 10, sold: 10, refused: 20 });
    expect(lastCoupons).toEqual({ clients: 30, limit: 10, used: 10, refused: 20 });
    expect(repeatedKey).toEqual({ requests: 50, orders: 1 });
    expect(mixedLoad).toMatchObject({
      seed: 12,
      contradictions: [],
      unexpected: [],
      differences: 0,
      crash: { recovery: 'failover' },
    });
    expect(mixedLoad.operations).toBeGreaterThanOrEqual(300);
    expect(mixedLoad.acknowledged).toBeGreaterThan(5);
    expect(mixedLoad.clientsKilled).toBeGreaterThan(0);
    expect(mixedLoad.published).toBe(
      mixedLoad.acknowledged + lastUnits.sold + lastCoupons.used + repeatedKey.orders,
    );
    expect(BigInt(mixedLoad.money.capturedMinor)).toBeGreaterThan(0n);
    expect(mixedLoad.webhooks.delivered).toBeGreaterThan(0);
    expect(warnings.filter(({ reason }: { reason?: string }) => reason === undefined)).toEqual([]);
    expect(losses).toEqual([]);
    const { stages } = JSON.parse((await dms(folder.path, 'status', '--json')).stdout);
    expect(stages['drill concurrency'].result).toMatchObject({ losses: [], mixedLoad });
  },
);

test('it leaves no database, and the environment whole', async () => {
  expect(await databases()).not.toContain('shop_drill');
  expect((await dms(folder.path, 'validate')).code).toBe(0);
});

test('Ctrl-C ends it, and leaves as little', { timeout }, async () => {
  const command = new Dms(folder.path, ['drill', 'concurrency', '--operations', '100000']);
  expect(await command.shows('operations, ')).toBe(true);
  command.process.kill('SIGINT');
  const { code, stderr } = await command.ended;
  expect(stderr).toContain('Interrupted.');
  expect(code).toBe(1);
  expect(await databases()).not.toContain('shop_drill');
});

test('acknowledged orders that a crash loses are found: exit code 3', { timeout }, async () => {
  // Commits that do not wait for the disk, and a log that is written now and then.
  const cluster = await openCluster(join(folder.path, '.dms', 'local', 'cluster'));
  await query(cluster.adminUrl, 'alter role shop_app set synchronous_commit = off');
  await query(cluster.adminUrl, `alter system set wal_writer_delay = '10s'`);
  await query(cluster.adminUrl, `alter system set wal_writer_flush_after = '1GB'`);
  await query(cluster.adminUrl, 'select pg_reload_conf()');
  const { code, stderr, stdout } = await dms(folder.path, ...drill);
  expect(stderr).toContain('acknowledged orders are not there');
  expect(stdout).toContain('lost');
  expect(code).toBe(3);
});

test('without a running environment it says how to start it', async () => {
  const { code, stderr } = await dms(folder.path, 'drill', 'concurrency', '--env', 'nope');
  expect(stderr).toContain("There is no environment 'nope'");
  expect(code).toBe(2);
  expect((await dms(folder.path, 'down')).code).toBe(0);
  const stopped = await dms(folder.path, 'drill', 'concurrency');
  expect(stopped.stderr).toContain("The local database of 'local' is not running.");
  expect(stopped.code).toBe(1);
});
