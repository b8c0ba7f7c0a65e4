import { defineConfig, MikroORM } from '@mikro-orm/postgresql';
import { expect, onTestFinished, test } from 'vitest';
import { column, failure, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { migration, openOrm } from '../test/migration.ts';
import { Migrator } from './migrator.ts';

const first = migration(
  'Migration1',
  ['create table item (id int primary key)', 'insert into item values (1); insert into item values (2)'],
  ['drop table item'],
);
const second = migration('Migration2', ['alter table item add name text'], ['alter table item drop name']);

test('up applies, info shows, down reverts', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [second, first]);
  expect(await states(migrator)).toEqual(['Migration1 pending', 'Migration2 pending']);
  expect(await migrator.up()).toEqual([{ name: 'Migration1' }, { name: 'Migration2' }]);
  expect(await column(client, 'select id from item order by id')).toEqual([1, 2]);
  expect(await migrator.up()).toEqual([]);
  expect(await migrator.getPending()).toEqual([]);
  expect((await migrator.getExecuted()).map(({ name }) => name)).toEqual(['Migration1', 'Migration2']);
  expect((await migrator.info())[0]).toMatchObject({
    state: 'applied',
    executedBy: 'postgres',
    executedAt: expect.any(Date),
    executionMs: expect.any(Number),
  });
  expect(await migrator.down()).toEqual([{ name: 'Migration2' }]);
  expect(await migrator.down({ to: 0 })).toEqual([{ name: 'Migration1' }]);
  expect(await column(client, `select to_regclass('item')::text`)).toEqual([null]);
  expect(await column(client, 'select count(*)::int from migration_ledger')).toEqual([0]);
});

test('from, to and names select migrations as in MikroORM', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [
    first,
    second,
    migration('Migration3', ['select 1'], ['select 1']),
  ]);
  expect(await migrator.up({ to: 'Migration1' })).toEqual([{ name: 'Migration1' }]);
  expect(await migrator.up('Migration2')).toEqual([{ name: 'Migration2' }]);
  expect(await migrator.up({ from: 'Migration2' })).toEqual([{ name: 'Migration3' }]);
  expect(await migrator.down({ to: 'Migration1' })).toEqual([{ name: 'Migration3' }, { name: 'Migration2' }]);
});

test('a name that does not exist is refused, and nothing is run', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [first, second]);
  for (const run of [
    () => migrator.up({ to: 'Migration9' }),
    () => migrator.up(['Migration1', 'Migration9.ts']),
    () => migrator.down('Migration9'),
    () => migrator.unlogMigration('Migration9'),
  ]) {
    const { code, message } = await failure(run());
    expect(code).toBe('migration-not-found');
    expect(message).toContain('There is no migration Migration9');
  }
  expect(await states(migrator)).toEqual(['Migration1 pending', 'Migration2 pending']);
});

test('events are emitted in order', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [first, second]);
  const events: string[] = [];
  for (const event of ['migrating', 'migrated', 'reverting', 'reverted'] as const) {
    migrator.on(event, ({ name }) => void events.push(`${event} ${name}`));
  }
  await migrator.up();
  await migrator.down();
  expect(events).toEqual([
    'migrating Migration1',
    'migrated Migration1',
    'migrating Migration2',
    'migrated Migration2',
    'reverting Migration2',
    'reverted Migration2',
  ]);
});

test("MikroORM's own schema diff leaves the ledger alone", async () => {
  const { url } = await openDatabase();
  const orm = await openOrm(url, [migration('Migration1', ['create table item (id serial primary key)'])]);
  onTestFinished(() => orm.close());
  await orm.migrator.up();
  expect(await orm.schema.getUpdateSchemaSQL()).toBe('');
  expect(await orm.migrator.checkSchema()).toBe(false);
});

test('an ORM with the stock migrator is refused', async () => {
  const orm = await MikroORM.init(
    defineConfig({ dbName: 'none', entities: [], discovery: { warnWhenNoEntities: false } }),
  );
  expect(() => Migrator.of(orm)).toThrow('This ORM uses another migrator.');
  await orm.close();
});

test('every wrong option is named', async () => {
  const migrator = await openMigrator('postgres://postgres@127.0.0.1:1/none', []);
  const { code, message } = await failure(
    migrator.up({ lockTimeoutMs: -1, ddlLockAttemptMs: 0.5, transaction: {} }),
  );
  expect(code).toBe('invalid-settings');
  expect(message).toMatch(/lockTimeoutMs is -1[^]*ddlLockAttemptMs is 0.5[^]*transaction cannot be given/);
});

test('an unreachable server is reported without the password', async () => {
  const migrator = await openMigrator('postgres://me:s3cret@127.0.0.1:1/none', []);
  for (const attempt of [() => migrator.up(), () => migrator.info(), () => migrator.dryRun()]) {
    const { code, message } = await failure(attempt());
    expect(code).toBe('database-unreachable');
    expect(message).toContain('database none at 127.0.0.1:1 as me');
    expect(message).not.toContain('s3cret');
  }
});
