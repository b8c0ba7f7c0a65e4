import { shopPlan } from '@ecommerce-dms/entities/seed';
import { type Cluster, startCluster } from '@ecommerce-dms/local-rds';
import { seed, type SeedResult } from '@ecommerce-dms/seeder';
import { median, medianOf } from './median.ts';
import { insertByOrm } from './orm-insert.ts';
import { rawCopy } from './raw-copy.ts';
import { createShop, urlOf, withClient, withClusterFolder } from './shop-server.ts';

const sizes = [10_000, 100_000];
const runCount = 3;
const connectionCount = 4;
/** Memory as on a small instance, and no checkpoint in the middle of a measurement. */
const serverSettings = {
  shared_buffers: '2GB',
  max_wal_size: '16GB',
  checkpoint_timeout: '30min',
  autovacuum: 'off',
};
const ormRows = 30_000;

/**
 * Rows a second of the shop's seed plan from the first statement to the last, beside the COPY of the same bytes into
 * tables without keys, and beside MikroORM's `insertMany` into the constrained tables. On one local server without
 * standbys; medians of 3, each in a database of its own.
 */
export async function benchSeeder(): Promise<string[][]> {
  return await withClusterFolder(async (directory) => {
    const cluster = await startCluster({ directory, standbys: 0, settings: serverSettings });
    await createShop(cluster);
    const table = [['load', 'rows', 'seconds', 'rows/s', 'of raw COPY']];
    const add = (name: string, rows: number, seconds: number, rawSeconds?: number) =>
      table.push([
        name,
        rows.toLocaleString('en'),
        seconds.toFixed(2),
        Math.round(rows / seconds).toLocaleString('en'),
        rawSeconds === undefined ? '' : `${Math.round((100 * rawSeconds) / seconds)} %`,
      ]);
    for (const orders of sizes) {
      const runs: { result: SeedResult; rawSeconds: number }[] = [];
      for (let run = 0; run < runCount; run++) {
        const url = await freshDatabase(cluster);
        const result = await seed({
          url,
          plan: shopPlan({ orders, at: new Date() }),
          seed: run,
          connections: connectionCount,
        });
        runs.push({ result, rawSeconds: await rawCopy(url, connectionCount) });
      }
      const rawSeconds = median(runs.map((run) => run.rawSeconds));
      const rows = runs[0]?.result.totalRows ?? 0;
      const name = `${orders.toLocaleString('en')} orders`;
      add(
        `${name}: seed(), end to end`,
        rows,
        median(runs.map((run) => run.result.ms.total / 1000)),
        rawSeconds,
      );
      add(`${name}: its load alone`, rows, median(runs.map((run) => run.result.ms.load / 1000)), rawSeconds);
      add(`${name}: raw COPY of the same bytes`, rows, rawSeconds, rawSeconds);
    }
    const seconds = await medianOf(runCount, async () => insertByOrm(await freshDatabase(cluster), ormRows));
    add('MikroORM insertMany, orders + lines, keys in place', ormRows, seconds);
    table.push([
      `${connectionCount} connections; ${Object.entries(serverSettings)
        .map((pair) => pair.join(' '))
        .join(', ')}`,
    ]);
    return table;
  });
}

/** The URL of a copy of the shop's database, in place of the one before. */
async function freshDatabase(cluster: Cluster): Promise<string> {
  await withClient(cluster.adminUrl, async (client) => {
    await client.query('drop database if exists bench with (force)');
    await client.query('create database bench template shop');
    await client.query('checkpoint');
  });
  return urlOf(cluster, 'bench');
}
