import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCluster, startCluster } from '@ecommerce-dms/local-rds';
import { importCatalog, readCatalog, sampleCatalogPath } from '@ecommerce-dms/entities/catalog-import';
import { provisionRoles } from '@ecommerce-dms/entities/roles';
import { shopPlan } from '@ecommerce-dms/entities/seed';
import { ormOptions } from '@ecommerce-dms/entities';
import { seed, type SeedResult } from '@ecommerce-dms/seeder';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { insertByOrm } from './orm-insert.ts';
import { rawCopy } from './raw-copy.ts';

const SIZES = [10_000, 100_000];
const RUNS = 3;
const CONNECTIONS = 4;
/** Memory as on a small instance, and no checkpoint in the middle of a measurement. */
const SETTINGS = {
  shared_buffers: '2GB',
  max_wal_size: '16GB',
  checkpoint_timeout: '30min',
  autovacuum: 'off',
};
const ORM_ROWS = 30_000;

/**
 * Rows a second of the shop's seed plan from the first statement to the last, beside the COPY of the same bytes into
 * tables without keys, and beside MikroORM's `insertMany` into the constrained tables. On one local server without
 * standbys; medians of 3, each in a database of its own.
 */
export async function benchSeeder(): Promise<string[][]> {
  const directory = await mkdtemp(join(tmpdir(), 'seeder-bench-'));
  const cluster = await startCluster({ directory, standbys: 0, settings: SETTINGS });
  try {
    const admin = new URL(cluster.adminUrl);
    const urlOf = (database: string) => Object.assign(new URL(admin), { pathname: `/${database}` }).href;
    await cluster.createDatabase('shop');
    await prepareShop(urlOf('shop'));
    const fresh = async () => {
      await execute(
        admin.href,
        'DROP DATABASE IF EXISTS bench WITH (FORCE)',
        'CREATE DATABASE bench TEMPLATE shop',
        'CHECKPOINT',
      );
      return urlOf('bench');
    };

    const table = [['load', 'rows', 'seconds', 'rows/s', 'of raw COPY']];
    const add = (name: string, rows: number, seconds: number, rawSeconds?: number) =>
      table.push([
        name,
        rows.toLocaleString('en'),
        seconds.toFixed(2),
        Math.round(rows / seconds).toLocaleString('en'),
        rawSeconds === undefined ? '' : `${Math.round((100 * rawSeconds) / seconds)} %`,
      ]);
    for (const orders of SIZES) {
      const runs: { result: SeedResult; rawSeconds: number }[] = [];
      for (let run = 0; run < RUNS; run++) {
        const url = await fresh();
        const result = await seed({
          url,
          plan: shopPlan({ orders, at: new Date() }),
          seed: run,
          connections: CONNECTIONS,
        });
        runs.push({ result, rawSeconds: await rawCopy(url, CONNECTIONS) });
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
    const seconds: number[] = [];
    for (let run = 0; run < RUNS; run++) seconds.push(await insertByOrm(await fresh(), ORM_ROWS));
    add('MikroORM insertMany, orders + lines, keys in place', ORM_ROWS, median(seconds));
    table.push([
      `${CONNECTIONS} connections; ${Object.entries(SETTINGS)
        .map((pair) => pair.join(' '))
        .join(', ')}`,
    ]);
    return table;
  } finally {
    // The data may lie elsewhere: the folder alone is not all of it.
    await removeCluster(directory);
    await rm(directory, { recursive: true, force: true });
  }
}

/** A migrated shop with the sample catalog. */
async function prepareShop(url: string): Promise<void> {
  await provisionRoles({ adminUrl: url });
  const orm = await MikroORM.init({ ...ormOptions({ url }), logger: () => undefined });
  await orm.migrator.up();
  await orm.close();
  await importCatalog(url, await readCatalog(sampleCatalogPath));
}

async function execute(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
