import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { column, failure, openDatabase, states } from '../../test/fixtures.ts';
import { type Files, folderOf, migratorOf, writeFiles } from '../../test/folder.ts';

const files = {
  'M1.sql': 'create table item (id int, price int); insert into item values (1, 5), (2, 50)',
  'M1.down.sql': 'drop view if exists summary; drop table item',
  'repeatable/10_cheap.sql':
    'create or replace view cheap as select id from item where price < 10; grant select on cheap to public',
  'repeatable/20_count.sql':
    '-- statement-timeout: 5s\ncreate or replace function cheap_count() returns bigint language sql as $$ select count(*) from cheap $$',
};

async function up(url: string, folder: string): Promise<string[]> {
  return (await (await migratorOf(url, folder)).up()).map(({ name }) => name);
}

test('they are applied after the migrations, in the order of names, and again when they change', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf(files);
  const migrator = await migratorOf(url, folder);
  const names = ['M1', 'repeatable/10_cheap', 'repeatable/20_count'];
  expect((await migrator.dryRun()).map(({ name }) => name)).toEqual(names);
  const events: string[] = [];
  migrator.on('migrated', ({ name }) => void events.push(name));
  expect(await migrator.up()).toMatchObject(names.map((name) => ({ name })));
  expect(events).toEqual(names);
  expect(await column(client, 'select cheap_count()::int')).toEqual([1]);
  expect(await up(url, folder)).toEqual([]);

  await writeFiles(folder, {
    'M2.sql': 'insert into item values (3, 7)',
    'repeatable/10_cheap.sql': `-- Only a remark is new.\n${files['repeatable/10_cheap.sql']}`,
    'repeatable/20_count.sql': files['repeatable/20_count.sql'].replace('count(*)', '10 * count(*)'),
  });
  expect(await states(await migratorOf(url, folder))).toEqual([
    'M1 applied',
    'M2 pending',
    'repeatable/10_cheap applied',
    'repeatable/20_count outdated',
  ]);
  expect(await up(url, folder)).toEqual(['M2', 'repeatable/20_count']);
  expect(await column(client, 'select cheap_count()::int')).toEqual([20]);
  const rows = `select name || ' ' || kind from migration_ledger order by id`;
  expect(await column(client, rows)).toEqual([
    'M1 versioned',
    'repeatable/10_cheap repeatable',
    'M2 versioned',
    'repeatable/20_count repeatable',
  ]);
  expect(await (await migratorOf(url, folder)).validate()).toHaveLength(2);
});

test('what a migration had to drop is created again', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf(files);
  await up(url, folder);
  await writeFiles(folder, {
    'M2.sql': 'drop view cheap; drop function cheap_count; alter table item alter price type bigint',
  });
  expect(await up(url, folder)).toEqual(['M2', 'repeatable/10_cheap', 'repeatable/20_count']);
  expect(await column(client, 'select cheap_count()::int')).toEqual([1]);
});

test('one of a later name sees what it needs, in the schema of the run', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf(files);
  await client.query('create schema shop');
  const migrator = await migratorOf(url, folder, { migrations: { schema: 'shop' } });
  expect(await migrator.up()).toHaveLength(3);
  expect(await migrator.up()).toEqual([]);
  expect(await column(client, `select to_regclass('shop.cheap')::text`)).toEqual(['shop.cheap']);
});

test('they wait while a migration is pending or the database is ahead', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf({ ...files, 'M2.sql': 'select 1', 'M3.sql': 'select 1' });
  const migrator = await migratorOf(url, folder);
  expect(await migrator.up({ to: 'M1' })).toMatchObject([{ name: 'M1' }]);
  expect(await up(url, folder)).toEqual(['M2', 'M3', 'repeatable/10_cheap', 'repeatable/20_count']);
  // The previous release, whose view is another one.
  await rm(join(folder, 'M3.sql'));
  await writeFiles(folder, {
    'repeatable/10_cheap.sql': 'create or replace view cheap as select id from item',
  });
  const previous = await migratorOf(url, folder);
  expect(await previous.dryRun()).toEqual([]);
  expect(await previous.up()).toEqual([]);
  expect(await column(client, 'select count(*)::int from cheap')).toEqual([1]);
});

test('down() leaves them, and one that is removed from the code is shown and refuses nothing', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf({ ...files, 'M2.sql': 'select 1', 'M2.down.sql': 'select 1' });
  const migrator = await migratorOf(url, folder);
  await migrator.up();
  expect(await migrator.down()).toMatchObject([{ name: 'M2' }]);
  expect(await column(client, 'select cheap_count()::int')).toEqual([1]);
  await rm(join(folder, 'repeatable/20_count.sql'));
  expect(await up(url, folder)).toEqual(['M2']);
  expect((await (await migratorOf(url, folder)).info()).at(-1)).toMatchObject({
    name: 'repeatable/20_count',
    kind: 'repeatable',
    state: 'missing',
  });
});

test('a failing one is rolled back, the migrations stay, and the next run continues', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf({
    ...files,
    'repeatable/20_count.sql':
      'create or replace view more as select 1 as one; select 1 / (count(*) - 1) from cheap',
  });
  const { code, message } = await failure((await migratorOf(url, folder)).up());
  expect(code).toBe('migration-failed');
  expect(message).toContain('Migration repeatable/20_count (up) failed at statement 2 of 2');
  expect(await column(client, `select to_regclass('more') is null`)).toEqual([true]);
  await writeFiles(folder, { 'repeatable/20_count.sql': files['repeatable/20_count.sql'] });
  expect(await up(url, folder)).toEqual(['repeatable/20_count']);
});

test.each<{ reason: string; files: Files; problem: string }>([
  {
    reason: 'a view that cannot be replaced',
    files: { 'repeatable/a.sql': 'create view a as select 1' },
    problem: 'can be applied only once',
  },
  {
    reason: 'a table',
    files: { 'repeatable/a.sql': 'create table a ()' },
    problem: 'or put it into a migration',
  },
  {
    reason: 'what runs outside a transaction',
    files: { 'repeatable/a.sql': 'vacuum' },
    problem: 'runs outside a transaction (VACUUM)',
  },
  {
    reason: 'the header for that',
    files: { 'repeatable/a.sql': '-- no-transaction\nselect 1' },
    problem: 'no header of this file',
  },
  { reason: 'wrong SQL', files: { 'repeatable/a.sql': 'selec 1' }, problem: 'a.sql: line 1, character 1' },
  {
    reason: 'a file that reverts',
    files: { 'repeatable/a.down.sql': 'select 1' },
    problem: 'what is repeatable is not reverted',
  },
])('$reason is refused before anything runs', async ({ files: wrong, problem }) => {
  const { url, client } = await openDatabase();
  const migrator = await migratorOf(url, await folderOf({ ...files, ...wrong }));
  const { code, message } = await failure(migrator.up());
  expect(code).toBe('migrations-refused');
  expect(message).toContain(problem);
  expect(await column(client, `select to_regclass('item') is null`)).toEqual([true]);
});
