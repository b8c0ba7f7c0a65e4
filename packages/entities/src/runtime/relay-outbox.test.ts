import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shopTemplate, urlAs } from '../../test/shop-database.ts';
import { ormOptions, type RelayedEvent, relayOutbox } from '../index.ts';

let client: Client;
let orm: MikroORM;
let drop: () => Promise<void>;

beforeEach(async () => {
  const database = await createTestDatabase({ template: shopTemplate });
  drop = () => database.drop();
  client = new Client({ connectionString: database.url });
  await client.connect();
  orm = await MikroORM.init({
    ...ormOptions({ url: urlAs(database.url, 'shop_app'), applicationName: 'relay' }),
    logger: () => undefined,
  });
});

afterEach(async () => {
  await orm?.close(true);
  await client?.end();
  await drop?.();
});

/** So many events of each of so many aggregates, interleaved. */
async function write(events: number, aggregates: number): Promise<void> {
  await client.query(
    `with aggregate as (select gen_random_uuid() as id from generate_series(1, $2::int))
     insert into outbox_event (topic, aggregate_id, payload)
     select 'test.happened', aggregate.id, jsonb_build_object('number', number)
     from generate_series(1, $1::int) as number, aggregate order by number, random()`,
    [events, aggregates],
  );
}

const waiting = async () => {
  const { rows } = await client.query<{ count: number }>(
    'select count(*)::int from outbox_event where published_at is null',
  );
  return rows[0]?.count ?? Number.NaN;
};

/** Runs relays until the outbox is empty, or `until` is true. */
async function relay(
  handler: (event: RelayedEvent) => Promise<void>,
  {
    workers = 1,
    batchSize = 10,
    until = async () => (await waiting()) === 0,
    meanwhile = async () => {},
  } = {},
) {
  const controller = new AbortController();
  const { signal } = controller;
  const relays = Array.from({ length: workers }, () =>
    relayOutbox(orm.em, { handler, batchSize, pollIntervalMs: 5, signal }),
  );
  while (!(await until())) {
    await meanwhile();
    await delay(5);
  }
  controller.abort();
  const totals = await Promise.all(relays);
  return {
    published: totals.reduce((sum, each) => sum + each.published, 0),
    failed: totals.reduce((sum, each) => sum + each.failed, 0),
  };
}

test('8 relays, a handler that fails, sessions that are killed: no event is lost, in order a key', async () => {
  await write(20, 30);
  const last = new Map<string, number>();
  const gaps: number[] = [];
  let repetitions = 0;
  let kills = 0;
  const totals = await relay(
    async ({ aggregateId, payload }) => {
      await delay(Math.random() * 4);
      if (Math.random() < 0.05) throw new Error('the queue is away');
      const number = Number(payload.number);
      const before = last.get(aggregateId) ?? 0;
      if (number > before + 1) gaps.push(number);
      if (number > before) last.set(aggregateId, number);
      else repetitions += 1;
    },
    {
      workers: 8,
      meanwhile: async () => {
        const { rowCount } = await client.query(
          `select pg_terminate_backend(pid, 1000) from pg_stat_activity
           where application_name = 'relay' and datname = current_database() and state <> 'idle' limit 1`,
        );
        kills += rowCount ?? 0;
      },
      until: async () => kills >= 5 && (await waiting()) === 0,
    },
  );
  expect(totals.failed).toBeGreaterThan(0);
  expect(gaps).toEqual([]);
  expect([...last.values()]).toEqual(Array.from({ length: 30 }, () => 20));
  // What was published and not recorded, since its session was killed.
  expect(repetitions).toBeLessThanOrEqual(kills * 10);
});

test('without kills each event is published exactly once, and never two of a key at once', async () => {
  await write(10, 20);
  const seen: bigint[] = [];
  const busy = new Set<string>();
  let overlaps = 0;
  const totals = await relay(
    async ({ id, aggregateId }) => {
      if (busy.has(aggregateId)) overlaps += 1;
      busy.add(aggregateId);
      await delay(1);
      busy.delete(aggregateId);
      seen.push(id);
    },
    { workers: 8 },
  );
  expect(totals).toEqual({ published: 200, failed: 0 });
  expect([new Set(seen).size, seen.length, overlaps]).toEqual([200, 200, 0]);
});

test('a poison event holds up its own key only; its attempts and error are recorded, and it waits longer', async () => {
  const poisoned = randomUUID();
  await client.query(
    `insert into outbox_event (topic, aggregate_id) values ('test.poison', $1), ('test.after', $1)`,
    [poisoned],
  );
  await write(3, 3);
  const seen: string[] = [];
  const poison = async () => {
    const { rows } = await client.query(
      `select attempts, last_error, published_at, extract(epoch from retry_at - now())::float8 as wait
       from outbox_event where topic = 'test.poison'`,
    );
    return rows[0] as { attempts: number; last_error: string; published_at: null; wait: number };
  };
  await relay(
    async ({ topic }) => {
      if (topic === 'test.poison') throw new Error('cannot\0 be read');
      seen.push(topic);
    },
    { until: async () => (await poison()).attempts >= 3 && (await waiting()) === 2 },
  );
  expect(seen).toEqual(Array.from({ length: 9 }, () => 'test.happened'));
  const state = await poison();
  expect(state).toMatchObject({ last_error: 'cannot be read', published_at: null });
  expect(state.wait).toBeLessThanOrEqual(0.1 * 2 ** (state.attempts - 1));
  await client.query('update outbox_event set retry_at = now()');
  await relay(async ({ topic, attempts }) => void seen.push(`${topic} ${attempts > 0}`), { workers: 2 });
  expect(seen.slice(9)).toEqual(['test.poison true', 'test.after false']);
  expect(await poison()).toMatchObject({ last_error: 'cannot be read', attempts: state.attempts + 1 });
});

test('a batch has 1 to 1000 events', async () => {
  const options = { handler: async () => undefined, signal: new AbortController().signal };
  await expect(relayOutbox(orm.em, { ...options, batchSize: 0 })).rejects.toMatchObject({
    code: 'bad-batch-size',
  });
});

test('a batch is found without a scan of what was published', async () => {
  await write(200, 20);
  await client.query(
    `update outbox_event set published_at = now() where id % 100 <> 0; analyze outbox_event`,
  );
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(
    `explain select id from outbox_event event
     where published_at is null and not exists (select from outbox_event earlier
       where earlier.aggregate_id = event.aggregate_id and earlier.id < event.id and earlier.published_at is null)
     order by id limit 50 for no key update skip locked`,
  );
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).not.toMatch(/Seq Scan/);
});
