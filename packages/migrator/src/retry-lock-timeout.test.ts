import { expect, test } from 'vitest';
import {
  column,
  failure,
  openClient,
  openDatabase,
  openMigrator,
  states,
  until,
  waitsForLock,
} from '../test/fixtures.ts';
import { type ListedMigration, migration } from '../test/migration.ts';

const table = migration('Migration1', ['create table item (id int)', 'create table log (value int)']);
const inTransaction = migration('Migration2', [
  'insert into log values (1)',
  'alter table item add name text',
]);
const outside = migration('Migration2', [
  'insert into log values (1)',
  'alter table item add name text',
  'vacuum log',
]);
const waiting = waitsForLock('alter table item');

async function lockItem(last: ListedMigration) {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [table, last]);
  await migrator.up({ to: 'Migration1' });
  const reader = await openClient(url);
  await reader.query('begin; select from item');
  return { client, migrator, reader };
}

test.each([
  { unit: 'transaction', last: inTransaction },
  { unit: 'statement', last: outside },
])('a $unit that times out waiting for a lock is tried again', async ({ last }) => {
  const { client, migrator, reader } = await lockItem(last);
  const run = migrator.up({ ddlLockTimeoutMs: 40 });
  for (const _ of [1, 2]) {
    await until(client, waiting);
    await until(client, `not ${waiting}`);
  }
  await reader.query('commit');
  expect(await run).toEqual([{ name: 'Migration2' }]);
  expect(await column(client, 'select value from log')).toEqual([1]);
});

test('CREATE INDEX CONCURRENTLY waits for old transactions beyond the lock timeout', async () => {
  const { client, migrator, reader } = await lockItem(
    migration('Migration2', ['create index concurrently item_id on item (id)']),
  );
  await reader.query('insert into item values (1)');
  const run = migrator.up({ ddlLockTimeoutMs: 40, ddlLockRetries: 0 });
  const waited = `wait_event_type = 'Lock' and query like 'create index%' and query_start < clock_timestamp() - interval '120 ms'`;
  await until(
    client,
    `exists (select from pg_stat_activity where datname = current_database() and ${waited})`,
  );
  await reader.query('commit');
  expect(await run).toEqual([{ name: 'Migration2' }]);
});

test('a run fails after its last retry', async () => {
  const { migrator, reader } = await lockItem(inTransaction);
  const { message, hint } = await failure(migrator.up({ ddlLockTimeoutMs: 40, ddlLockRetries: 1 }));
  expect(message).toContain('canceling statement due to lock timeout (SQLSTATE 55P03)');
  expect(hint).toContain('raise ddlLockTimeoutMs or ddlLockRetries');
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending']);
  await reader.query('commit');
});

test('statementTimeoutMs bounds a statement', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [migration('Migration1', ['select pg_sleep(60)'])]);
  expect((await failure(migrator.up({ statementTimeoutMs: 50 }))).message).toContain('SQLSTATE 57014');
});
