import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ormOptions, relayOutbox } from '@ecommerce-dms/entities';
import { provisionRoles } from '@ecommerce-dms/entities/roles';
import { removeCluster, startCluster } from '@ecommerce-dms/local-rds';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';

const EVENTS = 20_000;
const AGGREGATES = 2000;
const RUNS = 3;

/** Events a second that relays publish to a handler that does nothing: medians of 3. */
export async function benchRelay(): Promise<string[][]> {
  const directory = await mkdtemp(join(tmpdir(), 'relay-bench-'));
  const table = [['relays', 'batch', 'no standby: events/s', 'synchronous standby: events/s']];
  const loads = [1, 4].flatMap((relays) => [50, 500].map((batchSize) => ({ relays, batchSize })));
  const figures: string[][] = loads.map(({ relays, batchSize }) => [`${relays}`, `${batchSize}`]);
  try {
    for (const standbys of [0, 1]) {
      const cluster = await startCluster({ directory, standbys, settings: { max_wal_size: '16GB' } });
      const url = Object.assign(new URL(cluster.adminUrl), { pathname: '/shop' }).href;
      if (standbys === 0) await prepareShop(url, () => cluster.createDatabase('shop'));
      for (const [index, load] of loads.entries()) {
        const runs: number[] = [];
        for (let run = 0; run < RUNS; run++) runs.push(await eventsPerSecond(url, load));
        const median = runs.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
        figures[index]?.push(Math.round(median).toLocaleString('en'));
      }
    }
  } finally {
    await removeCluster(directory);
    await rm(directory, { recursive: true, force: true });
  }
  return [...table, ...figures, [`${EVENTS} events of ${AGGREGATES} aggregates, fsync on`]];
}

async function prepareShop(url: string, createDatabase: () => Promise<unknown>): Promise<void> {
  await createDatabase();
  await provisionRoles({ adminUrl: url });
  const orm = await MikroORM.init({ ...ormOptions({ url }), logger: () => undefined });
  await orm.migrator.up();
  await orm.close();
}

async function eventsPerSecond(url: string, load: { relays: number; batchSize: number }): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const orm = await MikroORM.init({ ...ormOptions({ url }), logger: () => undefined });
  try {
    await client.query('truncate outbox_event');
    await client.query(
      `with aggregate as (select gen_random_uuid() as id from generate_series(1, $2::int))
       insert into outbox_event (topic, aggregate_id, payload)
       select 'test.happened', aggregate.id, '{"number": 1}' from generate_series(1, $1::int) number, aggregate
       order by number`,
      [EVENTS / AGGREGATES, AGGREGATES],
    );
    await client.query('vacuum analyze outbox_event');
    const ending = new AbortController();
    let published = 0;
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: load.relays }, () =>
        relayOutbox(orm.em, {
          handler: async () => undefined,
          batchSize: load.batchSize,
          pollIntervalMs: 5,
          signal: ending.signal,
          onBatch: (batch) => {
            published += batch.published;
            if (published >= EVENTS) ending.abort();
          },
        }),
      ),
    );
    return EVENTS / ((performance.now() - startedAt) / 1000);
  } finally {
    await orm.close(true);
    await client.end();
  }
}
