import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startCluster } from '@ecommerce-dms/local-rds';
import { Migrator } from '@ecommerce-dms/migrator';
import { defineConfig, MikroORM } from '@mikro-orm/postgresql';
import { urlOf, withClient, withClusterFolder } from './shop-server.ts';

const rowCount = 1_000_000;
const clientCount = 4;
const change = `update item set note = 'note of ' || name where note is null`;

/** One column of a million rows: by one UPDATE and by a backfill, and how long updates of single rows wait meanwhile. */
export async function benchBackfill(): Promise<string[][]> {
  return withClusterFolder(async (directory) => {
    const cluster = await startCluster({ directory, standbys: 0, settings: { max_wal_size: '16GB' } });
    const folder = join(directory, 'migrations');
    await mkdir(join(folder, 'backfills'), { recursive: true });
    await writeFile(join(folder, 'backfills/fill.sql'), change);
    const ways: Record<string, (url: string) => Promise<unknown>> = {
      'one UPDATE': (url) => withClient(url, (client) => client.query(change)),
      'backfill, pauses of 20 ms': (url) => backfill(url, folder, 20),
      'backfill, no pauses': (url) => backfill(url, folder, 0),
    };
    const table = [['way', 'seconds', 'rows/s', 'longest update ms', 'p99 ms']];
    for (const [name, run] of Object.entries(ways)) {
      const database = `bench_${table.length}`;
      await cluster.createDatabase(database);
      table.push([name, ...(await measure(urlOf(cluster, database), run))]);
    }
    return [...table, [`${clientCount} clients, an update of a row each 10 ms`]];
  });
}

async function backfill(url: string, folder: string, pauseMs: number): Promise<void> {
  const orm = await MikroORM.init(
    defineConfig({
      clientUrl: url,
      entities: [],
      discovery: { warnWhenNoEntities: false },
      extensions: [Migrator],
      migrations: { path: folder, silent: true },
    }),
  );
  await Migrator.of(orm).backfill('fill', { pauseMs });
  await orm.close(true);
}

async function measure(url: string, run: (url: string) => Promise<unknown>): Promise<string[]> {
  await withClient(url, (client) =>
    client.query(`create table item (id bigint primary key, name text, note text, at timestamptz);
      insert into item select n, 'item ' || n from generate_series(1, ${rowCount}) n`),
  );
  await withClient(url, (client) => client.query('vacuum analyze item'));
  await withClient(url, (client) => client.query('checkpoint'));
  const end = new AbortController();
  const waits: number[] = [];
  const clients = Array.from({ length: clientCount }, () =>
    withClient(url, async (client) => {
      while (!end.signal.aborted) {
        const startMs = performance.now();
        await client.query('update item set at = now() where id = $1', [
          1 + Math.floor(Math.random() * rowCount),
        ]);
        waits.push(performance.now() - startMs);
        await delay(10);
      }
    }),
  );
  await delay(500);
  const startMs = performance.now();
  await run(url);
  const seconds = (performance.now() - startMs) / 1000;
  end.abort();
  await Promise.all(clients);
  const sorted = waits.toSorted((a, b) => a - b);
  return [
    seconds.toFixed(1),
    Math.round(rowCount / seconds).toLocaleString('en'),
    (sorted.at(-1) ?? 0).toFixed(0),
    (sorted[Math.floor(sorted.length * 0.99)] ?? 0).toFixed(1),
  ];
}
