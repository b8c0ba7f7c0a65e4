import { expect, test } from 'vitest';
import { fixture, loginRole } from '../test/fixture.ts';
import {
  exitCode,
  freshness,
  noRows,
  notNull,
  query,
  references,
  type Report,
  rowCheck,
  type RowCheck,
  table,
  unique,
  validate,
} from './index.ts';

const stock = `create table stock (id int primary key, on_hand int, reserved int, email text);
  insert into stock select i, i, i / 2, 'someone@example.org' from generate_series(1, 1000) i;
  insert into stock values (2001, 1, 2, 'over@example.org'), (2002, null, 1, null), (2003, -1, 0, null);`;

function stockCheck(id: string, that: string, more: Partial<Parameters<typeof rowCheck>[0]> = {}): RowCheck {
  return rowCheck({ id, description: `${that} holds`, on: table('stock'), that, ...more });
}

function states(report: Report): Record<string, string> {
  return Object.fromEntries(report.checks.map((check) => [check.id, `${check.state} ${check.failures}`]));
}

test('seven checks on a table are one scan of it', async () => {
  const { url, execute } = await fixture(stock);
  const checks = Array.from({ length: 7 }, (_, i) => stockCheck(`c${i}`, `on_hand >= ${i - 10}`));
  const report = await validate({ url, checks, concurrency: 1 });
  expect(report.scans).toBe(1);
  expect(report.sources).toMatchObject([{ name: 'stock', rows: 1003, checks: 7, scans: 1 }]);
  // The counters of the table itself: the statistics of an ended session are there.
  await expect
    .poll(() =>
      execute(`select seq_scan::int, seq_tup_read::int from pg_stat_user_tables where relname = 'stock'`),
    )
    .toEqual([{ seq_scan: 1, seq_tup_read: 1003 }]);
});

test('a failing check reports how many rows fail, which ones, the SQL that finds them, and the fix', async () => {
  const { url, execute } = await fixture(stock);
  const check = stockCheck('stock.reserved', 'reserved <= on_hand', {
    show: ['reserved', 'on_hand', 'email'],
    fix: 'Recount the reservations.',
  });
  const report = await validate({ url, checks: [check] });
  expect(report.checks).toMatchObject([
    {
      id: 'stock.reserved',
      state: 'failed',
      severity: 'error',
      failures: 2,
      message: '2 of 1003 rows fail.',
      fix: 'Recount the reservations.',
      findings: [
        {
          object: 'stock id=2001',
          key: { id: '2001' },
          values: { reserved: '2', on_hand: '1', email: '***' },
        },
        { object: 'stock id=2003', values: { email: null } },
      ],
    },
  ]);
  expect(await execute(report.checks[0]?.findSql ?? '')).toHaveLength(2);
  expect(JSON.stringify(report)).not.toContain('example.org');
  expect(exitCode(report)).toBe(3);
});

test('a NULL predicate passes as in a CHECK constraint, unless the check says otherwise', async () => {
  const { url } = await fixture(stock);
  const that = 'on_hand > -5';
  const report = await validate({
    url,
    checks: [stockCheck('pass', that), stockCheck('fail', that, { nulls: 'fail' })],
  });
  expect(states(report)).toEqual({ pass: 'passed 0', fail: 'failed 1' });
  expect(report.checks[1]?.findings).toMatchObject([{ key: { id: '2002' } }]);
});

test('an error makes only the faulty check an error', async () => {
  const { url } = await fixture(stock);
  const checks = Array.from({ length: 9 }, (_, i) => stockCheck(`c${i}`, `on_hand <> ${i + 5000}`));
  checks[4] = stockCheck('cast', 'email::int > 0');
  checks[7] = stockCheck('unknown', 'no_such_column > 0');
  const report = await validate({ url, checks });
  const expected: Record<string, string> = Object.fromEntries(checks.map(({ id }) => [id, 'passed 0']));
  expect(states(report)).toEqual({ ...expected, cast: 'error 0', unknown: 'error 0' });
  expect(report.checks[4]?.message).toContain('22P02');
  expect(report.checks[4]?.message).not.toContain('example.org');
  expect(report.checks[7]?.message).toContain('column "no_such_column" does not exist');
  expect(exitCode(report)).toBe(1);
});

test('a missing table is an error of its checks', async () => {
  const { url } = await fixture(stock);
  const report = await validate({
    url,
    checks: [
      rowCheck({ id: 'gone', description: 'x', on: table('no_such_table'), that: 'true' }),
      stockCheck('here', 'id > 0'),
    ],
  });
  expect(states(report)).toEqual({ gone: 'error 0', here: 'passed 0' });
});

test('checks on a query share its one pass', async () => {
  const { url } = await fixture(
    `create table orders (id int primary key, subtotal int not null);
     create table line (order_id int, amount int);
     insert into orders values (1, 30), (2, 5), (3, 0);
     insert into line values (1, 10), (1, 20), (2, 4);`,
  );
  const sums = query({
    name: 'order sums',
    key: ['id'],
    sql: `select o.id, o.subtotal, sum(l.amount) as lines from orders o left join line l on l.order_id = o.id group by o.id -- sums`,
  });
  const report = await validate({
    url,
    checks: [
      rowCheck({
        id: 'sum',
        description: 'x',
        on: sums,
        that: 'subtotal = lines',
        show: ['subtotal', 'lines'],
      }),
      rowCheck({
        id: 'has-lines',
        description: 'x',
        on: sums,
        that: 'lines is not null',
        severity: 'warning',
      }),
      noRows({
        id: 'orphans',
        description: 'x',
        sql: 'select order_id from line where order_id > 2',
        key: ['order_id'],
      }),
    ],
  });
  expect(states(report)).toEqual({ sum: 'failed 1', 'has-lines': 'failed 1', orphans: 'passed 0' });
  expect(report.totals).toMatchObject({ failed: 2, errors: 1, warnings: 1, passed: 1 });
  expect(report.sources.map((source) => [source.name, source.checks])).toContainEqual(['order sums', 2]);
  expect(report.checks[0]?.findings).toMatchObject([
    { object: 'order sums id=2', message: 'subtotal=5 lines=4' },
  ]);
});

test('unique, references, not null and freshness find what they should', async () => {
  const { url } = await fixture(
    `create table parent (id int);
     create table child (id int, parent_id int, code text, made_at timestamptz);
     insert into parent values (1);
     insert into child values (1, 1, 'a', now()), (2, 9, 'a', now()), (3, null, null, now()), (4, null, null, null);`,
  );
  const common = { description: 'x' };
  const report = await validate({
    url,
    checks: [
      unique({ ...common, id: 'unique', table: 'child', columns: ['code'] }),
      references({
        ...common,
        id: 'fk',
        table: 'child',
        columns: ['parent_id'],
        parent: 'parent',
        parentColumns: ['id'],
        key: ['id'],
      }),
      notNull({ ...common, id: 'null', table: 'child', column: 'made_at' }),
      freshness({ ...common, id: 'fresh', table: 'child', column: 'made_at', maxAgeMs: 3_600_000 }),
      freshness({ ...common, id: 'stale', table: 'child', column: `made_at`, maxAgeMs: -60_000 }),
    ],
  });
  expect(states(report)).toEqual({
    unique: 'failed 1',
    fk: 'failed 1',
    null: 'failed 1',
    fresh: 'passed 0',
    stale: 'failed 1',
  });
  expect(report.checks[1]?.findings).toMatchObject([{ key: { id: '2' }, values: {} }]);
});

test('a missing privilege is a state of its own and never a pass', async () => {
  const database = await fixture(`${stock} create table secret (id int); create table hidden (id int);
    alter table hidden enable row level security;`);
  const role = await loginRole(
    database,
    (role) => `grant select (id) on stock to ${role}; grant select on hidden to ${role};`,
  );
  const all = (name: string) => rowCheck({ id: name, description: 'x', on: table(name), that: 'id > 0' });
  const report = await validate({
    url: role.url,
    checks: [
      stockCheck('readable', 'id > 0'),
      stockCheck('column', 'on_hand > -9'),
      all('secret'),
      all('hidden'),
    ],
  });
  expect(states(report)).toEqual({
    readable: 'passed 0',
    column: 'skipped 0',
    secret: 'skipped 0',
    // A policy that hides rows would make a pass worth nothing.
    hidden: 'skipped 0',
  });
  expect(exitCode(report)).toBe(1);
  expect(exitCode(report, { allowSkipped: true })).toBe(0);
});

test('the samples are limited, the count is not', async () => {
  const { url } = await fixture(stock);
  const checks = [stockCheck('all', 'false')];
  const report = await validate({ url, checks, sampleLimit: 3 });
  expect(report.checks[0]).toMatchObject({ failures: 1003 });
  expect(report.checks[0]?.findings.map((finding) => finding.key?.['id'])).toEqual(['1', '2', '3']);
});

test('all wrong settings are reported at once, and an unreachable server without its password', async () => {
  const twice = [stockCheck('a', 'true'), stockCheck('a', 'true')];
  await expect(
    validate({ url: 'postgres://localhost/x', checks: twice, concurrency: 0, waitForLsn: 'now' }),
  ).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/more than one check has the id a;.*concurrency.*waitForLsn/),
  });
  await expect(validate({ url: 'postgres://me:s3cret@127.0.0.1:1/x', checks: [] })).rejects.toMatchObject({
    code: 'database-unreachable',
    message: expect.not.stringContaining('s3cret'),
  });
  await expect(validate({ url: 'postgres://me:s3/cret@127.0.0.1/x', checks: [] })).rejects.toMatchObject({
    code: 'invalid-database-url',
    message: expect.not.stringMatching(/s3|cret/),
  });
});

test('a table is named as the catalog has it', async () => {
  const { url, execute } = await fixture(
    `create table "user" (id int primary key, name text); create schema audit; create table audit."Log.1" (id int, at timestamptz);
     create table "order" (id int primary key, user_id int);`,
  );
  await execute(`insert into "user" values (1, null); insert into audit."Log.1" values (1), (1);
    insert into "order" values (1, 2);`);
  const common = { description: 'x' };
  const log = { schema: 'audit', name: 'Log.1' };
  const report = await validate({
    url,
    checks: [
      rowCheck({ ...common, id: 'user', on: table('user'), that: 'name is not null' }),
      notNull({ ...common, id: 'name', table: { schema: 'public', name: 'user' }, column: 'name' }),
      notNull({ ...common, id: 'at', table: log, column: 'at' }),
      unique({ ...common, id: 'log', table: log, columns: ['id'] }),
      references({
        ...common,
        id: 'order',
        table: 'order',
        columns: ['user_id'],
        parent: { schema: 'public', name: 'user' },
        parentColumns: ['id'],
      }),
      freshness({ ...common, id: 'fresh', table: log, column: 'at', maxAgeMs: 1000 }),
    ],
  });
  expect(Object.fromEntries(report.checks.map(({ id, failures }) => [id, failures]))).toEqual({
    user: 1,
    name: 1,
    at: 2,
    log: 1,
    order: 1,
    fresh: 1,
  });
  // Two spellings of one table are one pass.
  expect(report.sources.filter(({ name }) => name.endsWith('user'))).toHaveLength(1);
});

test('a newest row that is from the future, or infinite, is not fresh', async () => {
  const { url, execute } = await fixture('create table event (at timestamptz)');
  const fresh = (options = {}) =>
    freshness({ id: 'fresh', description: 'x', table: 'event', column: 'at', maxAgeMs: 60_000, ...options });
  for (const [at, failures] of [
    ['now()', 0],
    [`now() + interval '30 s'`, 0],
    [`now() + interval '5 min'`, 1],
    [`'2999-01-01'`, 1],
    [`'infinity'`, 1],
  ] as const) {
    await execute(`truncate event; insert into event values (now()), (${at})`);
    expect((await validate({ url, checks: [fresh()] })).checks[0]).toMatchObject({ failures });
  }
  await execute(`truncate event; insert into event values (now() + interval '5 min')`);
  const ahead = await validate({ url, checks: [fresh({ maxAheadMs: 600_000 })] });
  expect(ahead.totals).toMatchObject({ passed: 1 });
});

test('a time limit of the role leaves no check undecided', async () => {
  const { url, name, execute } = await fixture('create table event (at timestamptz)');
  await execute(`alter database ${name} set statement_timeout = '50ms'`);
  const slow = query({ name: 'slow', sql: 'select 1 as one from (select pg_sleep(0.3)) as s', key: [] });
  const report = await validate({
    url,
    checks: [rowCheck({ id: 'slow', description: 'x', on: slow, that: 'one = 1' })],
  });
  expect(report.totals).toMatchObject({ passed: 1, error: 0 });
});

test('warnings change the exit code where they are counted', async () => {
  const { url } = await fixture('create table event (at timestamptz); insert into event values (null);');
  const check = notNull({ id: 'at', description: 'x', table: 'event', column: 'at', severity: 'warning' });
  const report = await validate({ url, checks: [check] });
  expect([
    exitCode(report),
    exitCode(report, { maxWarnings: 1 }),
    exitCode(report, { maxWarnings: 0 }),
  ]).toEqual([0, 0, 3]);
});
