import { migrations } from '@ecommerce-dms/entities/migrations';
import { startCluster } from '@ecommerce-dms/local-rds';
import { expect, test } from 'vitest';
import { withClusterFolder } from '../shop-server.ts';
import { createEarlyShop } from './early-shop.ts';
import { measureHistory, openOurs } from './measure-history.ts';

// How long they waited is a figure of the machine: `pnpm bench migration-load`.
test('no statement of the running shop fails while its whole history is applied', async () => {
  await withClusterFolder(async (directory) => {
    const cluster = await startCluster({ directory, standbys: 0, settings: { fsync: 'off' } });
    const applied = await createEarlyShop(cluster, 300);
    const { steps, queries, failure } = await measureHistory(cluster, 'history', openOurs);
    expect(failure).toBeUndefined();
    expect(steps.map(({ name }) => name)).toEqual(migrations.slice(applied.length).map(({ name }) => name));
    expect(queries.length).toBeGreaterThan(1000);
    expect(queries.filter(({ error }) => error !== undefined)).toEqual([]);
    await cluster.stop();
  });
}, 300_000);
