import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Cluster, startCluster } from '@ecommerce-dms/local-rds';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { migrateShop } from '../../test/shop-database.ts';
import { provisionRoles } from '../roles/index.ts';
import { LeaderSession, refuseFormerTerm, termName } from './leader-session.ts';
import { runWorker, type WorkerEvent, type WorkerStatus } from '../index.ts';

const script = fileURLToPath(new URL('../../test/worker.ts', import.meta.url));
const passwords = { shop_app: 'app', shop_migrator: 'migrator', shop_readonly: 'readonly' };

let directory: string;
let cluster: Cluster;
let urls: { admin: string; app: string; owner: string };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'worker-'));
  cluster = await startCluster({ directory: join(directory, 'cluster'), standbys: 1 });
  await cluster.createDatabase('shop');
  const as = (user: keyof typeof passwords) =>
    cluster.url({ user, password: passwords[user], database: 'shop' });
  const admin = new URL(cluster.adminUrl);
  admin.pathname = '/shop';
  await provisionRoles({ adminUrl: admin.href, passwords });
  await migrateShop(as('shop_migrator'));
  urls = { admin: admin.href, app: as('shop_app'), owner: as('shop_migrator') };
}, 120_000);

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** Runs SQL as the administrator, again while the cluster fails over. */
async function sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  for (;;) {
    const client = new Client({ connectionString: urls.admin, connectionTimeoutMillis: 5000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(text, values)).rows;
    } catch (error) {
      if (!/terminat|timeout|refused|starting|shutting|recovery|read-only|ECONN/i.test(String(error)))
        throw error;
      await delay(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** A worker in a process of its own. */
class Worker {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  readonly events: WorkerEvent[] = [];

  constructor(receiver: string) {
    this.child = spawn(process.execPath, [script, urls.app, urls.owner, receiver], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.add(this);
    createInterface({ input: this.child.stdout }).on('line', (line) =>
      this.events.push(JSON.parse(line) as WorkerEvent),
    );
  }

  get role(): string | undefined {
    return this.events.findLast(({ type }) => ['leading', 'standby', 'interrupted'].includes(type))?.type;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async exit(): Promise<[code: number | null, signal: string | null]> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return [this.child.exitCode, this.child.signalCode];
    }
    return (await once(this.child, 'exit')) as [number | null, string | null];
  }

  async status(path: string): Promise<{ code: number; body: WorkerStatus }> {
    const listening = this.events.find((event) => event.type === 'listening');
    const response = await fetch(`http://127.0.0.1:${listening?.port}${path}`);
    return { code: response.status, body: (await response.json()) as WorkerStatus };
  }
}

const running = new Set<Worker>();

afterEach(async () => {
  for (const worker of running) worker.kill('SIGKILL');
  await Promise.all([...running].map((worker) => worker.exit()));
  running.clear();
});

/** Receives events, each for 20 ms; knows those of one aggregate that were there at once, or came out of order. */
async function openReceiver() {
  const busy = new Map<string, number>();
  const last = new Map<string, number>();
  const faults: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { aggregateId, number } = JSON.parse(body) as { aggregateId: string; number: number };
      const others = busy.get(aggregateId) ?? 0;
      if (others > 0) faults.push(`${number} of ${aggregateId} came beside another`);
      busy.set(aggregateId, others + 1);
      await delay(20);
      busy.set(aggregateId, (busy.get(aggregateId) ?? 0) - 1);
      const before = last.get(aggregateId) ?? 0;
      if (number > before + 1) faults.push(`${number} of ${aggregateId} came after ${before}`);
      last.set(aggregateId, Math.max(before, number));
      response.end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    faults,
    last,
    close: () => server.close(),
  };
}

const aggregates = 10;
let written = 0;

/** The next event of each aggregate, and a cart that has expired. */
async function write(): Promise<void> {
  written += 1;
  await sql(
    `insert into outbox_event (topic, aggregate_id, payload)
     select 'test.happened', ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
       jsonb_build_object('number', $1::int)
     from generate_series(1, $2::int) n`,
    [written, aggregates],
  );
  await sql(`insert into cart (currency_code, expires_at) values ('EUR', now() - interval '1 minute')`);
}

const undone = async (): Promise<number> => {
  const [row] = await sql<{
    count: number;
  }>(`select (select count(*) from outbox_event where published_at is null)::int
    + (select count(*) from cart where status = 'open')::int as count`);
  return row?.count ?? Number.NaN;
};

/** The one worker that leads, once there is one; how long that took. */
async function leaderOf(workers: readonly Worker[], limitMs: number): Promise<Worker> {
  return await vi.waitFor(
    () => {
      const leaders = workers.filter(({ role }) => role === 'leading');
      if (leaders.length !== 1) {
        const lately = workers.map(({ events }) =>
          JSON.stringify(events.filter(({ type }) => type !== 'relayed').slice(-4)),
        );
        throw new Error(`No leader, or several: ${lately.join('; ')}`);
      }
      return leaders[0] as Worker;
    },
    { timeout: limitMs, interval: 20 },
  );
}

test(
  'a worker takes over from one that is killed or stopped, and through a failover',
  { timeout: 180_000 },
  async () => {
    const receiver = await openReceiver();
    const start = () => new Worker(receiver.url);
    const writing = new AbortController();
    const writer = (async () => {
      while (!writing.signal.aborted) {
        await write();
        await delay(20);
      }
    })();

    const [first, second] = [start(), start()];
    const killed = await leaderOf([first, second], 20_000);
    const heir = killed === first ? second : first;
    await vi.waitFor(() => expect(heir.role).toBe('standby'), { timeout: 20_000 });
    killed.kill('SIGKILL');
    await leaderOf([heir], 10_000);

    const third = start();
    await vi.waitFor(() => expect(third.role).toBe('standby'), { timeout: 20_000 });
    await delay(1000);
    heir.kill('SIGSTOP');
    await leaderOf([third], 15_000);
    await delay(4000);
    const before = heir.events.length;
    heir.kill('SIGCONT');
    await vi.waitFor(() => expect(heir.role).toBe('standby'), { timeout: 10_000 });
    const since = heir.events.slice(before).map(({ type }) => type);
    expect(since).toContain('interrupted');
    expect(since).not.toContain('leading');

    await cluster.failover();
    await leaderOf([heir, third], 20_000);
    await delay(1000);

    writing.abort();
    await writer;
    await vi.waitFor(async () => expect(await undone()).toBe(0), { timeout: 30_000, interval: 200 });
    expect(receiver.faults).toEqual([]);
    expect([...receiver.last.values()]).toEqual(Array.from({ length: aggregates }, () => written));
    const failed = await sql(
      `select task, error from maintenance_run where error is not null or finished_at is null`,
    );
    expect(failed).toEqual([]);
    expect(await sql('select from maintenance_run')).toHaveLength(7);

    for (const worker of [heir, third]) worker.kill('SIGTERM');
    const startedAt = performance.now();
    expect(await Promise.all([heir.exit(), third.exit()])).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(performance.now() - startedAt).toBeLessThan(6000);
    for (const { events } of [heir, third]) expect(events.at(-1)).toEqual({ type: 'stopped', isClean: true });
    receiver.close();
  },
);

test(
  'its health: alive without a database, ready with one, and how far it is behind',
  { timeout: 60_000 },
  async () => {
    const unreachable = new AbortController();
    const events: WorkerEvent[] = [];
    const nothing = runWorker({
      url: 'postgres://shop_app:app@127.0.0.1:1/shop',
      port: 0,
      signal: unreachable.signal,
      onEvent: (event) => events.push(event),
    });
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toContain('interrupted'));
    const listening = events.find((event) => event.type === 'listening');
    const ask = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${listening?.port}${path}`);
      return [response.status, await response.json()] as const;
    };
    expect(await ask('/healthz')).toEqual([
      200,
      { role: 'connecting', term: null, isReady: false, lagMs: null, failing: [] },
    ]);
    expect((await ask('/readyz'))[0]).toBe(503);
    expect((await ask('/'))[0]).toBe(404);
    unreachable.abort();
    await nothing;

    const receiver = await openReceiver();
    receiver.close();
    await sql(`insert into outbox_event (topic, aggregate_id, created_at)
    values ('test.waits', uuidv7(), now() - interval '1 hour')`);
    const worker = new Worker(receiver.url);
    await leaderOf([worker], 20_000);
    await vi.waitFor(async () => expect((await worker.status('/readyz')).code).toBe(200));
    const { code, body } = await worker.status('/healthz');
    expect({ code, body }).toMatchObject({ code: 200, body: { role: 'leader', isReady: true, failing: [] } });
    expect(body.lagMs).toBeGreaterThan(3_590_000);
  },
);

test('the sessions of a term that is over are ended, and new ones are refused', async () => {
  const [former, next] = [await LeaderSession.open(urls.app, 5000), await LeaderSession.open(urls.app, 5000)];
  const [client, writing] = [
    new Client({ connectionString: urls.app }),
    new Client({ connectionString: urls.app, application_name: termName('one') }),
  ];
  writing.on('error', () => undefined);
  try {
    await Promise.all([client.connect(), writing.connect()]);
    expect((await former.tryLead()).isLeader).toBe(true);
    await former.beginTerm('one');
    await refuseFormerTerm(client, 'one');
    await writing.query(`begin; insert into cart (currency_code) values ('EUR')`);
    expect((await next.tryLead()).isLeader).toBe(false);
    // As after SIGSTOP: the connection is there, and silent.
    await delay(300);
    await next.endSilentLeader(60_000);
    expect((await next.tryLead()).isLeader).toBe(false);
    await next.endSilentLeader(200);
    expect((await next.tryLead()).isLeader).toBe(true);
    await next.beginTerm('two');
    await expect(refuseFormerTerm(client, 'one')).rejects.toThrow('Another worker leads.');
    await refuseFormerTerm(client, 'two');
    await expect(writing.query('commit')).rejects.toThrow(/not queryable|terminat/);
    expect(former.lost.aborted).toBe(true);
  } finally {
    for (const session of [former, next]) await session[Symbol.asyncDispose]();
    await Promise.allSettled([client.end(), writing.end()]);
  }
});

test.each([
  { fault: 'an interval of 0', options: { intervals: { holds: 0 } } },
  { fault: 'an age of no task', options: { ages: { holds: 1 } } },
  { fault: 'a port', options: { port: 70_000 } },
  { fault: 'a handler', options: { deliver: 'https://example.com' } },
  { fault: 'a relay', options: { relay: { batchSize: 0 } } },
])('$fault is refused before it starts', async ({ options }) => {
  const { signal } = new AbortController();
  const started = runWorker({ url: urls.app, signal, ...options } as never);
  await expect(started).rejects.toMatchObject({ code: 'invalid-settings' });
});

test('a port in use is refused, and what onEvent throws ends the worker', async () => {
  const { signal } = new AbortController();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(runWorker({ url: urls.app, signal, port })).rejects.toMatchObject({ code: 'port-in-use' });
  server.close();
  const failing = runWorker({
    url: urls.app,
    signal,
    onEvent: ({ type }) => {
      if (type === 'leading') throw new Error('no log');
    },
  });
  await expect(failing).rejects.toThrow('no log');
});
