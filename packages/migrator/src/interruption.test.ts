import { once } from 'node:events';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { appliedBy, startUp } from '../test/child.ts';
import {
  column,
  failure,
  indexesOf,
  openClient,
  openDatabase,
  openMigrator,
  states,
  takeLock,
  until,
  waitsForLock,
} from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';
import { scenarios } from '../test/scenarios.ts';
import { lockClass } from './advisory-lock.ts';

const sleeping = waitsForLock('select pg_advisory_xact_lock_shared');
const stepwiseResult = 'select kind from item where id = 1';

/** Makes the scenarios' `pg_advisory_xact_lock_shared(7)` wait until it is released. */
async function hold(client: Client): Promise<() => Promise<unknown>> {
  await client.query('select pg_advisory_lock(7)');
  return () => client.query('select pg_advisory_unlock(7)');
}

test('an abort cancels the statement, rolls back and leaves the ledger correct', async () => {
  const { url, client } = await openDatabase();
  const release = await hold(client);
  const migrator = await openMigrator(url, scenarios.transactional);
  const controller = new AbortController();
  const run = failure(migrator.up({ signal: controller.signal }));
  await until(client, sleeping);
  controller.abort();
  const { code, message, hint } = await run;
  expect(code).toBe('migration-interrupted');
  expect(message).toContain('Migration Migration2 (up) was interrupted at statement 3 of 3');
  expect(hint).toBe('Run it again: `npx @ecommerce-dms/migrator up`.');
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending']);
  await release();
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
  expect(await column(client, 'select id from item')).toEqual([1]);
});

test('an abort of a stepwise migration is resumed at the statement', async () => {
  const { url, client } = await openDatabase();
  const release = await hold(client);
  const migrator = await openMigrator(url, scenarios.stepwise);
  const controller = new AbortController();
  const run = failure(migrator.up({ signal: controller.signal }));
  await until(client, sleeping);
  expect(await states(migrator)).toEqual(['Migration1 running']);
  controller.abort();
  expect((await run).message).toContain('was interrupted at statement 5 of 6');
  expect(await states(migrator)).toEqual(['Migration1 failed']);
  await release();
  await migrator.up();
  expect(await column(client, stepwiseResult)).toEqual([3]);
});

test('an abort between two statements stops before the next one', async () => {
  const { url } = await openDatabase();
  const controller = new AbortController();
  const list = [migration('Migration1', ['create table item (id int)', 'select 11', 'select 22'])];
  const migrator = await openMigrator(url, list, {
    debug: ['query'],
    // MikroORM logs a query once it has ended.
    logger: (line) => line.includes('select 11') && controller.abort(),
  });
  const { code, message } = await failure(migrator.up({ signal: controller.signal }));
  expect(code).toBe('migration-interrupted');
  expect(message).toContain('was interrupted at statement 3 of 3');
  expect(await states(migrator)).toEqual(['Migration1 pending']);
});

test('an abort ends the wait for the lock', async () => {
  const { url } = await openDatabase();
  const holder = await openClient(url);
  await takeLock(holder, 'run');
  const migrator = await openMigrator(url, scenarios.data);
  expect((await failure(migrator.up({ signal: AbortSignal.timeout(200) }))).code).toBe(
    'migration-interrupted',
  );
  expect((await failure(migrator.up({ signal: AbortSignal.abort() }))).code).toBe('migration-interrupted');
});

test('a run stops before the next statement when its lock is gone', async () => {
  const { url, client } = await openDatabase();
  const release = await hold(client);
  for (const scenario of ['transactional', 'stepwise'] as const) {
    await client.query('drop table if exists item, migration_ledger');
    await client.query('select pg_advisory_lock(7)');
    const migrator = await openMigrator(url, scenarios[scenario]);
    const run = failure(migrator.up());
    await until(client, sleeping);
    // Only in this database: tests in other files hold the same lock in theirs.
    const holder = `select pid from pg_locks where locktype = 'advisory' and objid = 1
      and classid = ${lockClass('migration_ledger')}
      and database = (select oid from pg_database where datname = current_database())`;
    await client.query(`select pg_terminate_backend(pid) from (${holder}) l`);
    await until(client, `not exists (${holder})`);
    await release();
    await release();
    const { code, message } = await run;
    expect(code).toBe('migration-lock-lost');
    expect(message).toContain('The session that holds the migration lock has ended');
    expect(message).toContain(
      scenario === 'stepwise' ? '4 of its 6 statements are done' : 'Its transaction was rolled back',
    );
    expect((await migrator.info()).at(-1)?.state).toBe(scenario === 'stepwise' ? 'failed' : 'pending');
    await migrator.up();
    expect((await migrator.info()).at(-1)?.state).toBe('applied');
    await client.query('select pg_advisory_lock(7)');
  }
  expect(await column(client, stepwiseResult)).toEqual([3]);
});

test.each([
  { scenario: 'transactional', result: 'select count(*)::int from item', expected: 1 },
  { scenario: 'stepwise', result: stepwiseResult, expected: 3 },
] as const)('a $scenario migration runs again after kill -9', async ({ scenario, result, expected }) => {
  const { url, client } = await openDatabase();
  const release = await hold(client);
  const child = startUp(url, scenario);
  await until(client, sleeping);
  child.kill('SIGKILL');
  await once(child, 'close');
  await release();
  await appliedBy(startUp(url, scenario));
  expect(await column(client, result)).toEqual([expected]);
  expect(await column(client, `select distinct state from migration_ledger`)).toEqual(['applied']);
});

test('an index is built again right after kill -9', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, scenarios.index);
  await migrator.up({ to: 'Migration1' });
  const writer = await openClient(url);
  await writer.query('begin; insert into item values (0)');
  const child = startUp(url, 'index');
  await until(client, waitsForLock('create index concurrently'));
  child.kill('SIGKILL');
  await once(child, 'close');
  const second = migrator.up();
  // The server drops the index only when the writer has ended.
  await until(client, waitsForLock('drop index concurrently'));
  await writer.query('commit');
  expect(await second).toEqual([{ name: 'Migration2' }]);
  expect(await indexesOf(client, 'item')).toEqual(['item_id true']);
});
