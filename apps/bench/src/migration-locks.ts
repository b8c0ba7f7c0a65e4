import { setTimeout as delay } from 'node:timers/promises';
import { startCluster } from '@ecommerce-dms/local-rds';
import { Migrator } from '@ecommerce-dms/migrator';
import { Migration, Migrator as StockMigrator } from '@mikro-orm/migrations';
import { defineConfig, defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { urlOf, withClient, withClusterFolder } from './shop-server.ts';

const clientCount = 16;
const readerMs = 10_000;
const rowCount = 100_000;
const blockedMs = 50;

const Item = defineEntity({ name: 'Item', properties: { id: p.integer().primary() } });

class AddNote extends Migration {
  override up(): void {
    this.addSql('alter table item add column note text');
  }
}

const migrators = { 'this migrator': Migrator, 'stock MikroORM': StockMigrator };

/** One ALTER behind a reader of 10 s: how long queries of the table wait meanwhile. */
export async function benchMigrationLocks(): Promise<string[][]> {
  const table = [
    [
      'migrator',
      'longest query ms',
      'p99 ms',
      'blocked worker-seconds',
      'queries',
      'failed',
      'applied after s',
    ],
  ];
  await withClusterFolder(async (directory) => {
    const cluster = await startCluster({ directory, standbys: 0 });
    for (const [name, extension] of Object.entries(migrators)) {
      const database = `bench_${table.length}`;
      await cluster.createDatabase(database);
      table.push([name, ...(await measureRun(urlOf(cluster, database), extension))]);
    }
  });
  return [
    ...table,
    [`${clientCount} clients, a query each 10 ms; blocked: what a query takes above ${blockedMs} ms`],
  ];
}

async function measureRun(url: string, extension: typeof StockMigrator): Promise<string[]> {
  await withClient(url, (client) =>
    client.query(`create table item as select n as id from generate_series(1, ${rowCount}) n;
      alter table item add primary key (id); analyze item`),
  );
  const orm = await MikroORM.init(
    defineConfig({
      clientUrl: url,
      entities: [Item],
      extensions: [extension],
      logger: () => undefined,
      migrations: { migrationsList: [{ name: 'AddNote', class: AddNote }], silent: true, snapshot: false },
    }),
  );
  const load = startLoad(url);
  try {
    // The first queries open their sessions.
    await delay(1000);
    load.begin();
    const reader = withClient(url, async (client) => {
      await client.query('begin; select count(*) from item');
      await delay(readerMs);
      await client.query('commit');
    });
    await delay(500);
    const startMs = performance.now();
    const applied = await orm.migrator.up();
    const appliedMs = performance.now() - startMs;
    if (applied.length !== 1) throw new Error('The migration was not applied.');
    await reader;
    await delay(500);
    const { durationsMs, failed } = await load.end();
    const sorted = durationsMs.toSorted((a, b) => a - b);
    const blocked = sorted.reduce((sum, ms) => sum + (ms > blockedMs ? ms : 0), 0);
    return [
      (sorted.at(-1) ?? 0).toFixed(0),
      (sorted[Math.floor(sorted.length * 0.99)] ?? 0).toFixed(1),
      (blocked / 1000).toFixed(1),
      sorted.length.toLocaleString('en'),
      failed.toLocaleString('en'),
      (appliedMs / 1000).toFixed(1),
    ];
  } finally {
    await load.end();
    await orm.close(true);
  }
}

/** Queries of single rows by all clients; those since `begin` count. */
function startLoad(url: string) {
  const end = new AbortController();
  let isCounting = false;
  let failed = 0;
  const durationsMs: number[] = [];
  const query = async (): Promise<void> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    while (!end.signal.aborted) {
      const startMs = performance.now();
      try {
        await client.query('select * from item where id = $1', [1 + Math.floor(Math.random() * rowCount)]);
      } catch {
        failed++;
      }
      if (isCounting) durationsMs.push(performance.now() - startMs);
      await delay(10);
    }
    await client.end();
  };
  const clients = Promise.all(Array.from({ length: clientCount }, query));
  return {
    begin: () => void (isCounting = true),
    end: async () => {
      end.abort();
      await clients;
      return { durationsMs, failed };
    },
  };
}
