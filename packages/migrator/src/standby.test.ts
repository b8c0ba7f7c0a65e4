import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCluster, startCluster } from '@ecommerce-dms/local-rds';
import { expect, onTestFinished, test } from 'vitest';
import { failure, openMigrator, states } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

test('on a standby info() answers, and what writes is refused with the remedy', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'standby-'));
  await chmod(directory, 0o711);
  onTestFinished(async () => {
    await removeCluster(directory);
    await rm(directory, { recursive: true, force: true });
  });
  const cluster = await startCluster({ directory, standbys: 1, settings: { fsync: 'off' } });
  const { port } = cluster.standbys[0] ?? cluster.writer;
  const url = Object.assign(new URL(cluster.adminUrl), { port });
  const migrator = await openMigrator(url.href, [migration('Migration1', ['create table item (id int)'])]);
  expect(await states(migrator)).toEqual(['Migration1 pending']);
  expect(await migrator.dryRun()).toHaveLength(1);
  for (const write of [() => migrator.up(), () => migrator.baseline('Migration1')]) {
    const { code, hint } = await failure(write());
    expect(code).toBe('ledger-unwritable');
    expect(hint).toBe('The server is a standby, which takes no writes: connect to its writer.');
  }
});
