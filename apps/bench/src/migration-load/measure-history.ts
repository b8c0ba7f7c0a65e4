import { setTimeout as delay } from 'node:timers/promises';
import { ormOptions } from '@ecommerce-dms/entities';
import type { Cluster } from '@ecommerce-dms/local-rds';
import { Migrator } from '@ecommerce-dms/migrator';
import { MikroORM } from '@mikro-orm/postgresql';
import { urlOf, withClient } from '../shop-server.ts';
import { applicationUrl } from './early-shop.ts';
import { startLoad, type TimedQuery } from './load-thread.ts';
import { type SeenWait, watchLocks } from './lock-watch.ts';

/** How many sessions of the application read and write. */
export const clientCount = 16;

/** While which migration a statement of the load was running. */
interface Step {
  name: string;
  startMs: number;
  endMs: number;
}

/** A history that was applied under load. */
export interface HistoryRun {
  steps: Step[];
  queries: TimedQuery[];
  waits: SeenWait[];
  /** Why it ended before the last migration. */
  failure: string | undefined;
}

/** Applies the history that `open` has to a copy of the database `shop`, while the load runs. */
export async function measureHistory(
  cluster: Cluster,
  database: string,
  open: (url: string) => Promise<MikroORM>,
): Promise<HistoryRun> {
  await withClient(cluster.adminUrl, (client) =>
    client.query(`create database ${database} template shop strategy file_copy`),
  );
  const url = urlOf(cluster, database);
  await withClient(url, (client) => client.query('checkpoint'));
  const orm = await open(url);
  const steps: Step[] = [];
  orm.migrator.on('migrating', ({ name }) => void steps.push({ name, startMs: Date.now(), endMs: Infinity }));
  orm.migrator.on('migrated', () => {
    const last = steps.at(-1);
    if (last !== undefined) last.endMs = Date.now();
  });
  const load = await startLoad(applicationUrl(cluster, database), clientCount);
  const watching = new AbortController();
  const watched = watchLocks(url, watching.signal);
  await delay(2000);
  let failure: string | undefined;
  try {
    await orm.migrator.up();
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  const endMs = Date.now();
  await delay(1000);
  const queries = await load.end();
  watching.abort();
  const waits = await watched;
  await orm.close(true);
  return {
    steps: steps.map((step) => ({ ...step, endMs: Math.min(step.endMs, endMs) })),
    queries,
    waits,
    failure,
  };
}

/** The shop with this migrator. */
export function openOurs(url: string): Promise<MikroORM> {
  return MikroORM.init({ ...ormOptions({ url }), extensions: [Migrator], logger: () => undefined });
}
