import { expect, test } from 'vitest';
import { column, migration, openDatabase, openMigrator } from '../test/fixtures.ts';

const createItem = migration(
  'Migration1',
  ['create table item (id int primary key)', 'insert into item values (1); insert into item values (2)'],
  ['drop table item'],
);
const addName = migration('Migration2', [`alter table item add name text`], ['alter table item drop name']);

test('up applies, info tells, down reverts', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [addName, createItem]);
  expect((await migrator.info()).map(({ name, state }) => [name, state])).toEqual([
    ['Migration1', 'pending'],
    ['Migration2', 'pending'],
  ]);
  expect((await migrator.up()).map(({ name }) => name)).toEqual(['Migration1', 'Migration2']);
  expect(await column(client, 'select id from item order by id')).toEqual([1, 2]);
  expect(await migrator.up()).toEqual([]);
  expect(await migrator.getPending()).toEqual([]);
  expect((await migrator.getExecuted()).map(({ name }) => name)).toEqual(['Migration1', 'Migration2']);
  const [first] = await migrator.info();
  expect(first).toMatchObject({
    state: 'applied',
    executedBy: expect.any(String),
    executedAt: expect.any(Date),
  });
  expect((await migrator.down()).map(({ name }) => name)).toEqual(['Migration2']);
  expect((await migrator.down({ to: 0 })).map(({ name }) => name)).toEqual(['Migration1']);
  expect(await column(client, `select to_regclass('item')::text`)).toEqual([null]);
  expect(await column(client, 'select count(*)::int from migration_ledger')).toEqual([0]);
});
