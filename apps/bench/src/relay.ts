import { relayOutbox } from '@ecommerce-dms/entities';
import { startCluster } from '@ecommerce-dms/local-rds';
import { median, medianOf } from './median.ts';
import { createShop, urlOf, withClient, withClusterFolder, withOrm } from './shop-server.ts';

const eventCount = 20_000;
const aggregateCount = 2000;
const runCount = 3;
const waitingCount = 50_000;

/** Events a second that relays publish to a handler that does nothing: medians of 3. */
export async function benchRelay(): Promise<string[][]> {
  const table = [['relays', 'batch', 'no standby: events/s', 'synchronous standby: events/s']];
  const loads = [1, 4].flatMap((relays) => [50, 500].map((batchSize) => ({ relays, batchSize })));
  const figures: string[][] = loads.map(({ relays, batchSize }) => [`${relays}`, `${batchSize}`]);
  await withClusterFolder(async (directory) => {
    for (const standbys of [0, 1]) {
      const cluster = await startCluster({ directory, standbys, settings: { max_wal_size: '16GB' } });
      if (standbys === 0) await createShop(cluster);
      for (const [index, load] of loads.entries()) {
        const perSecond = await medianOf(runCount, () => eventsPerSecond(urlOf(cluster, 'shop'), load));
        figures[index]?.push(Math.round(perSecond).toLocaleString('en'));
      }
    }
  });
  return [...table, ...figures, [`${eventCount} events of ${aggregateCount} aggregates, fsync on`]];
}

/** Events a second with so many others that wait for a retry, and without, in turns: medians of 3. */
export async function benchRelayWaiting(): Promise<string[][]> {
  const loads = [1, 4].flatMap((relays) => [50, 500].map((batchSize) => ({ relays, batchSize })));
  const table = [['relays', 'batch', 'events/s', `${waitingCount} waiting: events/s`, 'of none waiting']];
  await withClusterFolder(async (directory) => {
    const cluster = await startCluster({ directory, standbys: 0, settings: { max_wal_size: '16GB' } });
    await createShop(cluster);
    const url = urlOf(cluster, 'shop');
    for (const load of loads) {
      const alone: number[] = [];
      const beside: number[] = [];
      for (let run = 0; run < runCount; run++) {
        alone.push(await eventsPerSecond(url, load));
        beside.push(await eventsPerSecond(url, { ...load, waiting: waitingCount }));
      }
      const [perSecond, perSecondBeside] = [median(alone), median(beside)];
      table.push([
        `${load.relays}`,
        `${load.batchSize}`,
        Math.round(perSecond).toLocaleString('en'),
        Math.round(perSecondBeside).toLocaleString('en'),
        (perSecondBeside / perSecond).toFixed(2),
      ]);
    }
  });
  return [...table, [`${eventCount} events of ${aggregateCount} aggregates, fsync on`]];
}

interface RelayLoad {
  relays: number;
  batchSize: number;
  /** Older events, of other aggregates, that wait for a retry. */
  waiting?: number;
}

async function eventsPerSecond(url: string, { waiting = 0, ...load }: RelayLoad): Promise<number> {
  await withClient(url, async (client) => {
    await client.query('truncate outbox_event');
    await client.query(
      `insert into outbox_event (topic, aggregate_id, payload, attempts, last_error, retry_at)
       select 'test.happened', gen_random_uuid(), '{"number": 1}', 12, 'The queue is away.', now() + interval '1 hour'
       from generate_series(1, $1::int)`,
      [waiting],
    );
    await client.query(
      `with aggregate as (select gen_random_uuid() as id from generate_series(1, $2::int))
       insert into outbox_event (topic, aggregate_id, payload)
       select 'test.happened', aggregate.id, '{"number": 1}' from generate_series(1, $1::int) number, aggregate
       order by number`,
      [eventCount / aggregateCount, aggregateCount],
    );
    await client.query('vacuum analyze outbox_event');
  });
  return await withOrm(url, async (orm) => {
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
            if (published >= eventCount) ending.abort();
          },
        }),
      ),
    );
    return eventCount / ((performance.now() - startedAt) / 1000);
  });
}
