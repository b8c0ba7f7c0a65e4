import { expect, test } from 'vitest';
import {
  column,
  createLogin,
  failure,
  openClient,
  openDatabase,
  openMigrator,
  states,
  until,
  waitsForLock,
} from '../../test/fixtures.ts';
import { type ListedMigration, migration } from '../../test/migration.ts';
import type { LockWait } from './lock-wait.ts';

const table = migration('Migration1', [
  'create table item (id int)',
  'create table log (value int)',
  'create function alter_item() returns void language sql as $$ alter table item add name text $$',
]);
const inTransaction = migration('Migration2', [
  'insert into log values (1)',
  'alter table item add name text',
]);
const outside = migration('Migration2', [
  'insert into log values (1)',
  'alter table item add name text',
  'vacuum log',
]);

async function lockItem(last: ListedMigration) {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [table, last]);
  await migrator.up({ to: 'Migration1' });
  const reader = await openClient(url);
  await reader.query(`set application_name = 'report'; begin; select from item`);
  return { url, client, migrator, reader };
}

/** Queries of `item` by several clients, one after another, until `stop` is called; each in a transaction of its own. */
async function load(url: string, clients: number, sql: string, pauseMs = 5) {
  const end = new AbortController();
  let longestMs = 0;
  let queries = 0;
  const errors: unknown[] = [];
  const run = async (): Promise<void> => {
    const client = await openClient(url);
    while (!end.signal.aborted) {
      const startMs = performance.now();
      await client.query(sql).catch((error: unknown) => errors.push(error));
      longestMs = Math.max(longestMs, performance.now() - startMs);
      queries++;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const runs = Array.from({ length: clients }, run);
  return async () => {
    end.abort();
    await Promise.all(runs);
    return { longestMs, queries, errors };
  };
}

test.each([
  { unit: 'transaction', last: inTransaction },
  { unit: 'statement', last: outside },
  {
    unit: 'function, whose locks no parse tree shows,',
    last: migration('Migration2', ['insert into log values (1)', 'select alter_item()']),
  },
])('a $unit behind a reader makes no query wait longer than an attempt', async ({ last }) => {
  const { url, client, migrator, reader } = await lockItem(last);
  const stop = await load(url, 4, 'select from item');
  const waits: LockWait[] = [];
  const run = migrator.up({ onLockWait: (wait) => waits.push(wait) });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await states(migrator)).not.toContain('Migration2 applied');
  await reader.query('commit');
  expect(await run).toEqual([{ name: 'Migration2' }]);
  const { longestMs, queries, errors } = await stop();
  expect(errors).toEqual([]);
  expect(queries).toBeGreaterThan(100);
  // An attempt takes 100 ms; a queue behind the reader would have taken 3,000.
  expect(longestMs).toBeLessThan(1000);
  expect(await column(client, 'select value from log')).toEqual([1]);
  expect(waits[0]?.blockers).toMatchObject([
    { application: 'report', state: 'idle in transaction', relation: 'public.item', mode: 'AccessShareLock' },
  ]);
  expect(waits[0]?.waitedMs).toBeGreaterThanOrEqual(1000);
});

test('it waits for a long transaction without a lock and without an attempt', async () => {
  const { client, migrator, reader } = await lockItem(inTransaction);
  await until(
    client,
    `exists (select from pg_stat_activity where application_name = 'report' and xact_start < now() - interval '1 s')`,
  );
  const run = migrator.up();
  const ours = `select count(*)::int from pg_locks l join pg_stat_activity a using (pid)
    where a.application_name = 'dms-migrator' and l.locktype = 'relation' and l.relation = 'item'::regclass`;
  for (let look = 0; look < 100; look++) {
    expect(await column(client, ours)).toEqual([0]);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await reader.query('commit');
  expect(await run).toEqual([{ name: 'Migration2' }]);
});

test('a run gives up at its limit, says who blocks, and its hints help', async () => {
  const { client, migrator, reader } = await lockItem(inTransaction);
  const { code, message, hint } = await failure(migrator.up({ ddlLockTimeoutMs: 300 }));
  expect(code).toBe('migration-blocked');
  expect(message).toMatch(
    /Migration Migration2 \(up\) has waited 0\.\d s for locks at statement 1 of 2: insert into log values \(1\)/,
  );
  expect(message).toMatch(
    /- pid \d+ \(application "report", user \w+\) holds AccessShareLock on public\.item, idle in transaction, transaction of \d\.\d s, last query since .*: .*select from item/,
  );
  expect(message).toContain('nothing of this migration was applied');
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending']);
  expect(hint).toContain('migrator up --ddl-lock-timeout-ms 3600000`');
  const [end] = /select pg_terminate_backend\(\d+\)/.exec(hint) ?? [];
  reader.on('error', () => {});
  expect(await column(client, `${end}`)).toEqual([true]);
  expect(await migrator.up({ ddlLockTimeoutMs: 0 })).toEqual([{ name: 'Migration2' }]);
});

test('a transaction of the application that is in the way of two tables gets no deadlock', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    migration('Migration1', ['create table a (id int)', 'create table b (id int)']),
    migration('Migration2', ['alter table a add x int', 'select pg_sleep(0.1)', 'alter table b add x int']),
    migration('Migration3', ['alter table b add y int', 'select pg_sleep(0.1)', 'alter table a add y int']),
  ]);
  await migrator.up({ to: 'Migration1' });
  const stops = await Promise.all(
    [
      ['a', 'b'],
      ['b', 'a'],
    ].map(([first, second]) =>
      load(
        url,
        2,
        `begin; insert into ${first} (id) values (1); select pg_sleep(0.02); insert into ${second} (id) values (1); commit`,
        60,
      ),
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await migrator.up()).toHaveLength(2);
  const results = await Promise.all(stops.map((stop) => stop()));
  expect(results.flatMap(({ errors }) => errors)).toEqual([]);
  expect(await column(client, 'select count(*) > 10 from a')).toEqual([true]);
});

test('a deadlock of the migration is tried again', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    migration('Migration1', [
      'create table a (id int)',
      'create table b (id int)',
      'create table log (id int)',
    ]),
    // Its own lock_timeout leaves it to the server to find the deadlock.
    migration('Migration2', [
      'insert into log values (1)',
      'set local lock_timeout = 0',
      'select pg_advisory_xact_lock(1)',
      'select pg_advisory_xact_lock(2)',
    ]),
  ]);
  await migrator.up({ to: 'Migration1' });
  const other = await openClient(url);
  await other.query(`set deadlock_timeout = '60s'; begin; select pg_advisory_xact_lock(2)`);
  const run = migrator.up();
  await until(client, waitsForLock('select pg_advisory_xact_lock(2)'));
  await other.query('select pg_advisory_xact_lock(1); commit');
  expect(await run).toEqual([{ name: 'Migration2' }]);
  expect(await column(client, 'select id from log')).toEqual([1]);
});

test('the owner of the tables needs no right to see what others do', async () => {
  const { url, client } = await openDatabase();
  const role = `owner_${client.database}`;
  const migrator = await openMigrator(await createLogin(client, url, role), [
    migration('Migration1', ['alter table item add name text']),
  ]);
  await client.query(
    `create table item (id int); alter table item owner to ${role}; grant create on schema public to ${role}`,
  );
  const reader = await openClient(url);
  await reader.query(`set application_name = 'report'; begin; select from item`);
  const waits: LockWait[] = [];
  const stop = await load(url, 2, 'select from item');
  const run = migrator.up({ onLockWait: (wait) => waits.push(wait) });
  await expect
    .poll(() => waits, { timeout: 10_000 })
    .toMatchObject([{ blockers: [{ application: 'report', state: undefined }] }]);
  await reader.query('commit');
  expect(await run).toEqual([{ name: 'Migration1' }]);
  expect((await stop()).longestMs).toBeLessThan(1000);
  await client.query(`drop owned by ${role} cascade; drop role ${role}`);
});

test('an abort ends the wait for locks', async () => {
  const { migrator, reader } = await lockItem(inTransaction);
  const { code } = await failure(migrator.up({ signal: AbortSignal.timeout(300), ddlLockTimeoutMs: 0 }));
  expect(code).toBe('migration-interrupted');
  await reader.query('commit');
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
});

test('CREATE INDEX CONCURRENTLY waits for old transactions beyond the time of an attempt, and says for whom', async () => {
  const { client, migrator, reader } = await lockItem(
    migration('Migration2', ['create index concurrently item_id on item (id)']),
  );
  await reader.query('insert into item values (1)');
  const waits: LockWait[] = [];
  const run = migrator.up({ ddlLockAttemptMs: 40, onLockWait: (wait) => waits.push(wait) });
  await until(client, waitsForLock('create index'));
  await expect.poll(() => waits.length, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(waits[0]?.blockers).toMatchObject([{ application: 'report' }]);
  await reader.query('commit');
  expect(await run).toEqual([{ name: 'Migration2' }]);
});

test('statementTimeoutMs bounds a statement', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [migration('Migration1', ['select pg_sleep(60)'])]);
  expect((await failure(migrator.up({ statementTimeoutMs: 50 }))).message).toContain('SQLSTATE 57014');
});

test('the time that statements take does not count as waiting for locks', async () => {
  const { client, migrator, reader } = await lockItem(
    migration('Migration2', ['select pg_sleep(2.2)', 'select alter_item()']),
  );
  const waits: LockWait[] = [];
  const run = migrator.up({ ddlLockTimeoutMs: 2000, onLockWait: (wait) => waits.push(wait) });
  await until(client, waitsForLock('select alter_item()'));
  await until(client, `not ${waitsForLock('select alter_item()')}`);
  await reader.query('commit');
  expect(await run).toEqual([{ name: 'Migration2' }]);
  expect(waits).toEqual([]);
});

test('transactions that leave no gap are outlasted by the attempt that the hint names', async () => {
  const { url, client } = await openDatabase();
  await client.query(`alter database ${client.database} set deadlock_timeout = '4s'`);
  const migrator = await openMigrator(url, [
    table,
    migration('Migration2', ['alter table item add name text']),
  ]);
  await migrator.up({ to: 'Migration1' });
  const stop = await load(url, 12, 'begin; select from item; select pg_sleep(0.2 + random() / 5); commit', 0);
  const { code, hint } = await failure(migrator.up({ ddlLockTimeoutMs: 4500 }));
  expect(code).toBe('migration-blocked');
  const [, attempt] = /migrator up --ddl-lock-attempt-ms (\d+)`/.exec(hint) ?? [];
  expect(attempt).toBe('2000');
  expect(await migrator.up({ ddlLockAttemptMs: Number(attempt) })).toEqual([{ name: 'Migration2' }]);
  expect((await stop()).errors).toEqual([]);
});
