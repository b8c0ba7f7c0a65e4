import { expect, test } from 'vitest';
import { column, openDatabase, openMigrator, until, waitsForLock } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

const waiting = [
  migration('Migration1', ['create table item (id int)']),
  migration('Migration2', ['select pg_advisory_xact_lock(7)']),
  migration('Migration3', ['create table other (id int)']),
];

test('what else is asked of the same migrator does not move a run to another ledger', async () => {
  const { url, client } = await openDatabase();
  await client.query(
    `create schema tenant; create schema other_tenant; create table migrations_of_app (id int)`,
  );
  const options = { migrations: { tableName: 'migrations_of_app' } };
  const migrator = await openMigrator(url, waiting, options);
  await client.query('select pg_advisory_lock(7)');
  const run = migrator.up({ schema: 'tenant', ddlLockTimeoutMs: 60_000 });
  await until(client, waitsForLock('select pg_advisory_xact_lock(7)'));
  const [here, there] = await Promise.all([
    migrator.info({ schema: 'tenant' }),
    migrator.info({ schema: 'other_tenant' }),
  ]);
  expect(here.map(({ state }) => state)).toEqual(['applied', 'pending', 'pending']);
  expect(there.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending']);
  await client.query('select pg_advisory_unlock(7)');
  expect(await run).toHaveLength(3);
  const ledgers = `select schemaname from pg_tables where tablename like 'migrations_of_app%' and schemaname <> 'public'`;
  expect(await column(client, ledgers)).toEqual(['tenant']);
  const tables = `select schemaname from pg_tables where tablename = 'other'`;
  expect(await column(client, tables)).toEqual(['tenant']);
});
