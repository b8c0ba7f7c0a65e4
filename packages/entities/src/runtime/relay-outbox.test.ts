import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shopTemplate, urlAs } from '../../test/shop-database.ts';
import {
  type EventHandler,
  listSetAsideEvents,
  ormOptions,
  relayOutbox,
  type RelayOptions,
  replayEvent,
  skipEvent,
} from '../index.ts';
import type { Delivery } from './deliver-event.ts';
import { takeTurn } from './lease-events.ts';

let client: Client;
let orm: MikroORM;
let drop: () => Promise<void>;
let databaseUrl: string;

const openOrm = (url: string): Promise<MikroORM> =>
  MikroORM.init({ ...ormOptions({ url, applicationName: 'relay' }), logger: () => undefined });

beforeEach(async () => {
  const database = await createTestDatabase({ template: shopTemplate });
  drop = () => database.drop();
  databaseUrl = database.url;
  client = new Client({ connectionString: database.url });
  await client.connect();
  orm = await openOrm(urlAs(database.url, 'shop_app'));
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
  handler: EventHandler,
  {
    workers = 1,
    options = {} as Partial<RelayOptions>,
    until = async () => (await waiting()) === 0,
    meanwhile = async () => {},
  } = {},
) {
  const controller = new AbortController();
  const { signal } = controller;
  const relays = Array.from({ length: workers }, () =>
    relayOutbox(orm.em, { handler, batchSize: 10, pollIntervalMs: 5, ...options, signal }),
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
    setAside: totals.reduce((sum, each) => sum + each.setAside, 0),
  };
}

test('8 relays with a failing handler and killed sessions lose no event, and keep the order of each key', async () => {
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
  // A relay that lives knows what it has delivered, whatever becomes of its sessions.
  expect(repetitions).toBe(0);
});

test('without kills each event is published exactly once, and never two of a key concurrently', async () => {
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
  expect(totals).toEqual({ published: 200, failed: 0, setAside: 0 });
  expect([new Set(seen).size, seen.length, overlaps]).toEqual([200, 200, 0]);
});

test('a poison event holds up only its own key; its attempts and error are recorded, and it waits longer', async () => {
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

test.each([
  {
    what: 'a text that is cut within a character',
    thrown: new Error(`${'x'.repeat(1999)}\u{1f600}`),
    lastError: `${'x'.repeat(1999)}\ufffd`,
  },
  { what: 'half a character', thrown: new Error('at \ud83d'), lastError: 'at \ufffd' },
  {
    what: 'a message that is no text',
    thrown: Object.assign(new Error('x'), { message: undefined }),
    lastError: 'undefined',
  },
  {
    what: 'what has no text',
    thrown: Object.create(null),
    lastError: 'The handler threw a value that has no text.',
  },
])('a handler that throws $what does not end its relay', async ({ thrown, lastError }) => {
  await write(1, 2);
  const totals = await relay(async ({ id, attempts }) => {
    // oxlint-disable-next-line only-throw-error
    if (attempts === 0 && id % 2n === 0n) throw thrown;
  });
  expect(totals).toEqual({ published: 2, failed: 1, setAside: 0 });
  const { rows } = await client.query('select last_error from outbox_event where last_error is not null');
  expect(rows).toEqual([{ last_error: lastError }]);
});

test('all wrong options are reported at once', async () => {
  const options = { handler: async () => undefined, signal: new AbortController().signal };
  const wrong = { batchSize: 0, deliveryTimeoutMs: Number.NaN, maxAttempts: 1.5 };
  await expect(relayOutbox(orm.em, { ...options, ...wrong })).rejects.toMatchObject({
    code: 'invalid-settings',
    message: expect.stringMatching(/batchSize is 0[^]*deliveryTimeoutMs is NaN[^]*maxAttempts is 1.5/),
  });
});

/** The state of the only event of a topic. */
async function stateOf(topic: string) {
  const { rows } = await client.query<{
    attempts: number;
    last_error: string | null;
    is_leased: boolean;
    is_published: boolean;
    is_set_aside: boolean;
  }>(
    `select attempts, last_error, exists (select from outbox_lease where event.id = any (event_ids)) as is_leased, published_at is not null as is_published,
       set_aside_at is not null as is_set_aside from outbox_event event where topic = $1`,
    [topic],
  );
  const [state] = rows;
  if (state === undefined) throw new Error(`There is no event ${topic}.`);
  return state;
}

async function writePair(): Promise<void> {
  await client.query(
    `insert into outbox_event (topic, aggregate_id)
     select topic, id from gen_random_uuid() id, (values ('test.first'), ('test.second')) as pair (topic)`,
  );
}

test('no transaction is open while the handler works, and a lease is on record', async () => {
  await writePair();
  // As shop_app has it with 60 s: the server ends a transaction that waits for a handler.
  await orm.close(true);
  const url = new URL(urlAs(databaseUrl, 'shop_app'));
  const options = `${url.searchParams.get('options')} -c idle_in_transaction_session_timeout=50`;
  url.searchParams.set('options', options);
  orm = await openOrm(url.href);
  const seen: string[] = [];
  const during: unknown[] = [];
  const totals = await relay(async ({ topic, attempts }) => {
    await delay(120);
    const { rows } = await client.query(
      `select state from pg_stat_activity where application_name = 'relay' and datname = current_database()
       and state <> 'idle'`,
    );
    during.push({ busy: rows, isLeased: (await stateOf(topic)).is_leased });
    seen.push(`${topic} ${attempts}`);
  });
  expect(totals).toEqual({ published: 2, failed: 0, setAside: 0 });
  expect(seen).toEqual(['test.first 0', 'test.second 0']);
  const idle = { busy: [], isLeased: true };
  expect(during).toEqual([idle, idle]);
});

test('a handler that takes too long is aborted, and after so many attempts its event is set aside', async () => {
  await writePair();
  await write(2, 2);
  const told: string[] = [];
  let aborted = 0;
  const totals = await relay(
    async ({ topic }, { signal }) => {
      if (topic !== 'test.first') return;
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          aborted += 1;
          resolve();
        });
      });
    },
    {
      workers: 2,
      options: {
        deliveryTimeoutMs: 30,
        maxAttempts: 3,
        onSetAside: ({ topic, attempts, lastError }) => told.push(`${topic} ${attempts} ${lastError}`),
      },
      until: async () => (await stateOf('test.first')).is_set_aside && (await waiting()) === 2,
    },
  );
  expect(told).toEqual(['test.first 3 The handler took longer than 30 ms.']);
  expect(totals).toEqual({ published: 4, failed: 3, setAside: 1 });
  expect(aborted).toBe(3);
  expect(await stateOf('test.first')).toEqual({
    attempts: 3,
    last_error: 'The handler took longer than 30 ms.',
    is_leased: false,
    is_published: false,
    is_set_aside: true,
  });
  // The later event of its aggregate waits, and was never begun.
  expect(await stateOf('test.second')).toMatchObject({ attempts: 0, is_published: false });
});

/** Gives up the first event of a pair. */
async function setAside(): Promise<bigint> {
  await writePair();
  await relay(
    async ({ topic }) => {
      if (topic === 'test.first') throw new Error('no such queue');
    },
    { options: { maxAttempts: 1 }, until: async () => (await stateOf('test.first')).is_set_aside },
  );
  const [event] = await listSetAsideEvents(orm.em.fork());
  expect(event).toMatchObject({ topic: 'test.first', attempts: 1, lastError: 'no such queue', waiting: 1 });
  expect(event?.setAsideAt).toBeInstanceOf(Date);
  return event?.id ?? 0n;
}

const audited = async (): Promise<unknown[]> => {
  const { rows } = await client.query('select action, entity_id, detail from audit_log');
  return rows;
};

test('an event that was set aside is replayed, and its aggregate continues in order', async () => {
  const id = await setAside();
  await replayEvent(orm.em.fork(), { id });
  expect(await listSetAsideEvents(orm.em.fork())).toEqual([]);
  const seen: string[] = [];
  await relay(async ({ topic, attempts }) => void seen.push(`${topic} ${attempts}`));
  expect(seen).toEqual(['test.first 0', 'test.second 0']);
  expect(await audited()).toEqual([
    { action: 'outbox.replay', entity_id: `${id}`, detail: { topic: 'test.first' } },
  ]);
});

test('an event that was set aside is skipped, once, and its aggregate continues', async () => {
  const id = await setAside();
  const both = await Promise.allSettled([1, 2].map(() => skipEvent(orm.em.fork(), { id })));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const seen: string[] = [];
  await relay(async ({ topic }) => void seen.push(topic));
  expect(seen).toEqual(['test.second']);
  expect(await stateOf('test.first')).toMatchObject({ is_published: true, is_set_aside: true });
  expect(await audited()).toMatchObject([{ action: 'outbox.skip' }]);
  expect(await listSetAsideEvents(orm.em.fork())).toEqual([]);
});

test('only an event that is set aside can be replayed or skipped; the hint lists them', async () => {
  await writePair();
  const { rows } = await client.query<{ id: string }>('select id from outbox_event limit 1');
  for (const operation of [replayEvent, skipEvent]) {
    for (const id of [BigInt(rows[0]?.id ?? 0), 4711n]) {
      await expect(operation(orm.em.fork(), { id })).rejects.toMatchObject({
        code: 'event-not-set-aside',
        hint: expect.stringContaining('listSetAsideEvents()'),
      });
    }
  }
});

test('events of a killed relay are delivered again after the lease, and set aside if they kill every relay', async () => {
  await writePair();
  const script = fileURLToPath(new URL('../../test/deadly-relay.ts', import.meta.url));
  const url = urlAs(databaseUrl, 'shop_app');
  const deaths: unknown[] = [];
  const dies = async (): Promise<void> => {
    const child = spawn(process.execPath, [script, url], { stdio: ['ignore', 'ignore', 'inherit'] });
    deaths.push((await once(child, 'close'))[1]);
  };
  await dies();
  expect(await stateOf('test.first')).toMatchObject({ attempts: 0, is_leased: true, last_error: null });
  // Its lease lasts for a second and twice the limit; nobody else has it meanwhile.
  await dies();
  expect(await stateOf('test.first')).toMatchObject({
    attempts: 1,
    is_leased: true,
    last_error: expect.stringContaining('killed'),
  });
  const told: string[] = [];
  await relay(async () => undefined, {
    options: { maxAttempts: 2, onSetAside: ({ topic, lastError }) => told.push(`${topic}: ${lastError}`) },
    until: async () => (await stateOf('test.first')).is_set_aside,
  });
  expect(deaths).toEqual(['SIGKILL', 'SIGKILL']);
  expect(told).toEqual([
    'test.first: Its relay was killed, or stopped for longer than the lease, while it delivered this event.',
  ]);
  expect(await stateOf('test.second')).toMatchObject({ attempts: 0 });
});

test('an event that kills its relays does not set others aside', async () => {
  await write(1, 5);
  const { rows } = await client.query<{ id: string }>(
    'select id from outbox_event order by id offset 2 limit 1',
  );
  const deadly = BigInt(rows[0]?.id ?? 0);
  // Relays that are killed as soon as they hand out the deadly event, and record what they have published until then.
  let deliveries: Delivery[] = [];
  let lastLeaseId = randomUUID();
  for (let turns = 0; turns < 20; turns += 1) {
    const leaseId = randomUUID();
    const turn = {
      deliveries,
      lastLeaseId,
      leaseId,
      batchSize: 10,
      endsLapsed: true,
      leaseMs: 1,
      maxAttempts: 3,
    };
    const { events } = await takeTurn(orm.em.fork(), turn);
    const isKilled = events.some(({ id }) => id === deadly);
    deliveries = isKilled ? [] : events.map((event) => ({ event, result: 'published' }));
    lastLeaseId = leaseId;
    // Only the lease of a relay that was killed lapses.
    if (isKilled) await delay(5);
  }
  expect((await listSetAsideEvents(orm.em.fork())).map(({ id }) => id)).toEqual([deadly]);
  expect(await waiting()).toBe(1);
});

test('a relay that resumes after its lease changes nothing', async () => {
  await writePair();
  const [mine, other] = [randomUUID(), randomUUID()];
  const turn = {
    deliveries: [],
    endsLapsed: true,
    lastLeaseId: mine,
    batchSize: 10,
    leaseMs: 1,
    maxAttempts: 9,
  };
  const { events } = await takeTurn(orm.em.fork(), { ...turn, leaseId: mine });
  await delay(10);
  const taken = await takeTurn(orm.em.fork(), {
    ...turn,
    lastLeaseId: other,
    leaseId: other,
    leaseMs: 60_000,
  });
  expect(taken.events.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  const deliveries = events.map((event) => ({ event, result: 'published' as const }));
  await takeTurn(orm.em.fork(), {
    ...turn,
    deliveries,
    lastLeaseId: mine,
    leaseId: randomUUID(),
    batchSize: 0,
  });
  expect(await stateOf('test.first')).toMatchObject({ attempts: 1, is_published: false, is_leased: true });
});

test('a turn that is repeated after a lost connection leases the same events again, as one attempt', async () => {
  await writePair();
  const leaseId = randomUUID();
  const turn = {
    deliveries: [],
    endsLapsed: true,
    lastLeaseId: leaseId,
    leaseId,
    batchSize: 10,
    leaseMs: 60_000,
    maxAttempts: 1,
  };
  const first = await takeTurn(orm.em.fork(), turn);
  expect(await takeTurn(orm.em.fork(), turn)).toEqual(first);
  expect(first.events).toMatchObject([{ topic: 'test.first', attempts: 0 }]);
  expect((await takeTurn(orm.em.fork(), { ...turn, leaseId: randomUUID() })).events).toEqual([]);
});

test('an abort reaches the handlers; what they give up is free at once and does not count as an attempt', async () => {
  await writePair();
  const started = Promise.withResolvers<void>();
  const controller = new AbortController();
  const relaying = relayOutbox(orm.em, {
    handler: async (_event, { signal }) => {
      started.resolve();
      await delay(60_000, undefined, { signal });
    },
    signal: controller.signal,
  });
  await started.promise;
  controller.abort();
  expect(await relaying).toEqual({ published: 0, failed: 0, setAside: 0 });
  expect(await stateOf('test.first')).toMatchObject({ attempts: 0, is_leased: false, last_error: null });
});

test('what a handler publishes despite the abort is recorded', async () => {
  await writePair();
  const started = Promise.withResolvers<void>();
  const controller = new AbortController();
  const relaying = relayOutbox(orm.em, {
    handler: async () => {
      started.resolve();
      await delay(50);
    },
    signal: controller.signal,
  });
  await started.promise;
  controller.abort();
  expect(await relaying).toEqual({ published: 1, failed: 0, setAside: 0 });
  expect(await stateOf('test.first')).toMatchObject({ attempts: 1, is_published: true });
  expect((await client.query('select from outbox_lease')).rowCount).toBe(0);
});

test.each([
  { what: 'published events', change: 'published_at = now()' },
  { what: 'events that wait for their retry', change: `attempts = 9, retry_at = now() + interval '1 hour'` },
  { what: 'events that were set aside', change: 'attempts = 25, set_aside_at = now()' },
])('a batch is found without a look at thousands of $what', async ({ change }) => {
  await write(1, 3000);
  await client.query(`update outbox_event set ${change}`);
  await write(1, 50);
  await client.query('vacuum analyze outbox_event');
  const read = async () => {
    await orm.em.fork().execute('select pg_stat_force_next_flush()');
    const { rows } = await client.query<{ rows: number }>(
      `select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_user_tables where relname = 'outbox_event'`,
    );
    return rows[0]?.rows ?? Number.NaN;
  };
  const before = await read();
  const leaseId = randomUUID();
  const turn = { batchSize: 50, endsLapsed: true, leaseMs: 60_000, maxAttempts: 25 };
  const { events } = await takeTurn(orm.em.fork(), {
    ...turn,
    deliveries: [],
    lastLeaseId: leaseId,
    leaseId,
  });
  expect(events).toHaveLength(50);
  expect((await read()) - before).toBeLessThan(500);
});
