import { ormOptions } from '@ecommerce-dms/entities';
import { migrations } from '@ecommerce-dms/entities/migrations';
import { startCluster } from '@ecommerce-dms/local-rds';
import type { Constructor } from '@mikro-orm/core';
import { Migration, Migrator as StockMigrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { createEarlyShop } from './migration-load/early-shop.ts';
import { clientCount, type HistoryRun, measureHistory, openOurs } from './migration-load/measure-history.ts';
import { withClusterFolder } from './shop-server.ts';

/** Queries that waited longer are shown with their migration. */
const notableMs = 100;
/** As on a small instance; no checkpoint falls into the measurement by chance. */
const settings = { shared_buffers: '2GB', max_wal_size: '16GB', checkpoint_timeout: '30min' };

/**
 * The history of the shop, from its first release on, with its orders and under its load: how long queries wait, with
 * this migrator and with MikroORM's own.
 */
export async function benchMigrationLoad({ orders = 10_000 }: { orders?: number }): Promise<string[][]> {
  return withClusterFolder(async (directory) => {
    const cluster = await startCluster({ directory, standbys: 0, settings });
    const applied = await createEarlyShop(cluster, orders);
    const runs = {
      'this migrator': await measureHistory(cluster, 'ours', (url) => openOurs(url)),
      'stock MikroORM': await measureHistory(cluster, 'stock', (url) => openStock(url, applied)),
    };
    return [
      [
        'migrator',
        'longest query ms',
        'p99.9 ms',
        'p99 ms',
        'over 200 ms',
        'queries',
        'failed',
        'migrations',
        'seconds',
      ],
      ...Object.entries(runs).map(([name, run]) => summary(name, run)),
      [`${orders.toLocaleString('en')} orders, ${clientCount} clients, a query each 10 ms`],
      ...Object.entries(runs).flatMap(([name, run]) => [[`${name}:`], ...details(run)]),
    ];
  });
}

/** With the options and changes that the history needs to run with it: it does not see which statements need no transaction. */
async function openStock(url: string, applied: readonly string[]): Promise<MikroORM> {
  const orm = await MikroORM.init({
    ...ormOptions({ url }),
    extensions: [StockMigrator],
    logger: () => undefined,
    migrations: {
      migrationsList: migrations.map(({ name, class: each }) => ({
        name,
        class: outsideTransaction(each as Constructor<Migration>),
      })),
      allOrNothing: false,
      snapshot: false,
      silent: true,
    },
  });
  for (const name of applied) await orm.migrator.logMigration(name);
  return orm;
}

/** A migration of the history, for the type checker: its own class has no `up`. */
abstract class ConcreteMigration extends Migration {
  override up(): void {}
}

function outsideTransaction(MigrationClass: Constructor<Migration>): Constructor<Migration> {
  return class extends (MigrationClass as unknown as typeof ConcreteMigration) {
    override isTransactional(): boolean {
      this.up();
      const isConcurrent = this.getQueries().some((sql) => /\bconcurrently\b/i.test(String(sql)));
      this.reset();
      return super.isTransactional() && !isConcurrent;
    }
  };
}

function summary(name: string, { steps, queries, failure }: HistoryRun): string[] {
  const sorted = queries.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  const [first, last] = [steps[0], steps.at(-1)];
  const seconds = first === undefined || last === undefined ? 0 : (last.endMs - first.startMs) / 1000;
  return [
    name,
    (sorted.at(-1) ?? 0).toFixed(0),
    at(0.999),
    at(0.99),
    sorted.filter((ms) => ms > 200).length.toLocaleString('en'),
    queries.length.toLocaleString('en'),
    queries.filter(({ error }) => error !== undefined).length.toLocaleString('en'),
    failure === undefined ? String(steps.length) : `${steps.length}, then failed`,
    seconds.toFixed(1),
  ];
}

/** The migrations during which a query failed or waited, with the longest one and who kept it. */
function details({ steps, queries, waits, failure }: HistoryRun): string[][] {
  const rows = steps.flatMap(({ name, startMs, endMs }) => {
    const during = queries.filter((query) => query.startMs < endMs && query.startMs + query.ms > startMs);
    const longest = during.toSorted((a, b) => b.ms - a.ms)[0];
    const errors = [...new Set(during.flatMap(({ error }) => error ?? []))];
    if (longest === undefined || (longest.ms < notableMs && errors.length === 0)) return [];
    const wait = waits
      .filter(({ atMs, blocking }) => atMs >= startMs && atMs <= endMs + notableMs && blocking !== null)
      .toSorted((a, b) => b.waitedMs - a.waitedMs)[0];
    const what = `  ${name} (${((endMs - startMs) / 1000).toFixed(1)} s): ${longest.ms.toFixed(0)} ms, ${oneLine(longest.sql)}`;
    return [
      [what],
      ...(wait === undefined ? [] : [[`    waited for ${oneLine(wait.blocking)}`]]),
      ...errors.map((error) => [`    failed: ${error}`]),
    ];
  });
  return failure === undefined ? rows : [...rows, [`  failed: ${oneLine(failure)}`]];
}

function oneLine(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').trim().slice(0, 160);
}
