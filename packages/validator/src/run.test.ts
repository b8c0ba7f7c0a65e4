import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fixture } from '../test/fixture.ts';
import { type Check, type FindingsCheck, noRows, rowCheck, table, validate } from './index.ts';

const accounts = `create table account (id int primary key, balance int not null);
  create table total (id int primary key, balance int not null);
  insert into account select i, 100 from generate_series(1, 50) i;
  insert into total values (1, 5000);`;

/** A check that calls `during` while it runs, so that something can happen in the middle of a run. */
function pause(id: string, during: () => Promise<unknown>): FindingsCheck {
  const find = async () => {
    await during();
    return [];
  };
  return { kind: 'findings', id, description: 'waits', severity: 'error', find };
}

const sleep = (id: string) =>
  noRows({ id, description: 'x', sql: `select 1 as one from pg_sleep(30)`, key: ['one'] });

/** Queries of validate that the server runs in this database. */
const running = `select count(*)::int from pg_stat_activity
  where datname = current_database() and application_name = 'dms-validator' and state = 'active'`;

test('all connections see one snapshot, whatever is written meanwhile', async () => {
  const { url, execute } = await fixture(accounts);
  const sum = (name: string) =>
    noRows({
      id: name,
      description: 'x',
      key: ['sum'],
      sql: `select sum(balance) from ${name} having sum(balance) <> 5000`,
    });
  let writes = 0;
  const stop = new AbortController();
  // Moves money in two steps of one transaction, in and out of what the checks read.
  const writer = (async () => {
    while (!stop.signal.aborted) {
      await execute(
        `begin; update account set balance = balance + 1; update total set balance = balance + 50; commit`,
      );
      writes += 1;
    }
  })();
  const equal = noRows({
    id: 'equal',
    description: 'x',
    key: ['difference'],
    sql: `select difference from (select (select sum(balance) from account) - (select sum(balance) from total)
      as difference) as sums where difference <> 0`,
  });
  const wait = pause('wait', async () => {
    const before = writes;
    await expect.poll(() => writes).toBeGreaterThan(before + 3);
  });
  const report = await validate({ url, checks: [sum('account'), sum('total'), equal, wait], concurrency: 4 });
  stop.abort();
  await writer;
  const [account, total, both] = report.checks;
  expect(both).toMatchObject({ state: 'passed' });
  const sums = [account, total].map((check) => check?.findings[0]?.key?.['sum'] ?? '5000');
  expect(sums[0]).toBe(sums[1]);
});

test('an abort ends the queries on the server', async () => {
  const { url, execute } = await fixture(accounts);
  const controller = new AbortController();
  const checks = [sleep('a'), sleep('b'), sleep('c')];
  const run = validate({ url, checks, concurrency: 2, signal: controller.signal });
  run.catch(() => undefined);
  await expect.poll(() => execute(running)).toEqual([{ count: 2 }]);
  controller.abort(new Error('enough'));
  await expect(run).rejects.toThrow('enough');
  expect(await execute(running)).toEqual([{ count: 0 }]);
  await expect(validate({ url, checks, signal: controller.signal })).rejects.toThrow('enough');
});

test('an abort ends a connection that the server does not answer', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const controller = new AbortController();
  silent.once('connection', () => controller.abort(new Error('enough')));
  const run = validate({ url: `postgres://x@127.0.0.1:${port}/x`, checks: [], signal: controller.signal });
  await expect(run).rejects.toThrow('enough');
});

test('a defect in one check ends what the others run, and is thrown', async () => {
  const { url, execute } = await fixture(accounts);
  const broken: Check = {
    ...rowCheck({ id: 'x', description: 'x', on: table('account'), that: 'true' }),
    get predicate(): string {
      throw new TypeError('a defect');
    },
  };
  await expect(validate({ url, checks: [sleep('a'), broken], concurrency: 2 })).rejects.toThrow('a defect');
  expect(await execute(running)).toEqual([{ count: 0 }]);
});

test('a killed program leaves no query on the server', async () => {
  const { url, execute } = await fixture(accounts);
  const program = `import { noRows, validate } from './src/index.ts';
    const sql = 'select 1 as one from pg_sleep(60)';
    await validate({ url: process.argv[1], checks: [noRows({ id: 'a', description: 'x', sql, key: ['one'] })] });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, url], {
    cwd: join(import.meta.dirname, '..'),
  });
  await expect.poll(() => execute(running), { timeout: 15_000 }).toEqual([{ count: 1 }]);
  child.kill('SIGKILL');
  await expect.poll(() => execute(running), { timeout: 15_000 }).toEqual([{ count: 0 }]);
});

test('a lost connection is reported, with what to do', async () => {
  const { url, execute } = await fixture(accounts);
  const run = validate({ url, checks: [sleep('a')] });
  run.catch(() => undefined);
  await expect.poll(() => execute(running)).toEqual([{ count: 1 }]);
  await execute(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dms-validator'
    and datname = current_database()`);
  await expect(run).rejects.toMatchObject({ code: 'connection-lost', exitCode: 1 });
});

test('a cancelled query is an error of its check only, without further scans', async () => {
  const { url, execute } = await fixture(accounts);
  const run = validate({
    url,
    checks: [sleep('a'), rowCheck({ id: 'b', description: 'x', on: table('account'), that: 'balance > 0' })],
  });
  await expect.poll(() => execute(running)).toEqual([{ count: 1 }]);
  await execute(`select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'dms-validator'
    and datname = current_database() and query like '%pg_sleep%'`);
  const report = await run;
  expect(report.checks.map((check) => check.state)).toEqual(['error', 'passed']);
  expect(report.scans).toBe(2);
});

test('nothing can be written, not even by a check', async () => {
  const { url, execute } = await fixture(accounts);
  await execute(
    `create function spend() returns boolean language sql volatile as 'update account set balance = 0 returning true'`,
  );
  const report = await validate({
    url,
    checks: [rowCheck({ id: 'w', description: 'x', on: table('total'), that: 'spend()' })],
  });
  expect(report.checks[0]).toMatchObject({ state: 'error', message: expect.stringContaining('25006') });
  expect(await execute('select count(*)::int from account where balance = 0')).toEqual([{ count: 0 }]);
});

test('waiting for a position that the server does not reach ends with a message', async () => {
  const { url } = await fixture(accounts);
  const checks = [rowCheck({ id: 'b', description: 'x', on: table('account'), that: 'balance > 0' })];
  const first = await validate({ url, checks });
  expect(await validate({ url, checks, waitForLsn: first.snapshotLsn })).toMatchObject({
    totals: { passed: 1 },
  });
  await expect(validate({ url, checks, waitForLsn: 'FFFFFFFF/0', waitTimeoutMs: 60 })).rejects.toMatchObject({
    code: 'replay-timeout',
  });
});

test('sessions are closed after a run', async () => {
  const { url, execute } = await fixture(accounts);
  await validate({
    url,
    checks: [pause('a', async () => undefined), pause('b', async () => undefined)],
    concurrency: 2,
  });
  await expect.poll(() => execute(running.replace(`and state = 'active'`, ''))).toEqual([{ count: 0 }]);
});
