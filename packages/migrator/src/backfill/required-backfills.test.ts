import { expect, test } from 'vitest';
import { column, failure, openDatabase } from '../../test/fixtures.ts';
import { folderOf, migratorOf } from '../../test/folder.ts';

const files = {
  'M1.sql': `create table item (id int primary key); insert into item select generate_series(1, 100)`,
  'M2.sql': 'alter table item add column note text',
  'M3.sql': '-- requires-backfill: fill\nalter table item alter column note set not null',
  'backfills/fill.sql': `update item set note = 'new' where note is null`,
};

test('a new database goes all the way: its backfills are run where they are required', async () => {
  const { url, client } = await openDatabase();
  const migrator = await migratorOf(url, await folderOf(files));
  expect((await migrator.up()).map(({ name }) => name)).toEqual(['M1', 'M2', 'M3']);
  expect(await column(client, 'select distinct note from item')).toEqual(['new']);
  expect(await migrator.backfills()).toMatchObject([{ name: 'fill', state: 'finished' }]);
});

test('elsewhere a migration waits for its backfill, and those before it do not', async () => {
  const { url, client } = await openDatabase();
  const migrator = await migratorOf(url, await folderOf(files));
  await migrator.up({ to: 'M1' });
  expect(await failure(migrator.up())).toMatchObject({
    code: 'migrations-refused',
    message: expect.stringContaining(
      'M3: requires the backfill fill, which is not finished (pending). Apply those before',
    ),
  });
  expect(await failure(migrator.dryRun())).toMatchObject({ code: 'migrations-refused' });
  expect(await migrator.dryRun({ runBackfills: true })).toHaveLength(2);
  expect(await migrator.up('M2')).toHaveLength(1);
  expect((await failure(migrator.up())).message).toContain(
    'Run it first: `npx @ecommerce-dms/migrator backfill fill`',
  );
  await migrator.backfill();
  expect(await migrator.up()).toHaveLength(1);
  expect(
    await column(
      client,
      `select attnotnull from pg_attribute where attrelid = 'item'::regclass and attname = 'note'`,
    ),
  ).toEqual([true]);
});

test('in a schema of its own, the ledger and the progress stay there', async () => {
  const { url, client } = await openDatabase();
  const migrator = await migratorOf(
    url,
    await folderOf({ ...files, 'M4.sql': 'create table last (id int)' }),
  );
  await client.query('create schema tenant');
  expect(await migrator.up({ schema: 'tenant' })).toHaveLength(4);
  expect(await migrator.backfills({ schema: 'tenant' })).toMatchObject([{ name: 'fill', state: 'finished' }]);
  expect(await migrator.backfill('fill', { schema: 'tenant', restart: true })).toMatchObject([
    { table: 'tenant.item', rowsChanged: 0, passes: 1 },
  ]);
  expect(
    await column(client, `select relname from pg_class where relnamespace = 'public'::regnamespace`),
  ).toEqual([]);
});

test('up runs it when it is told to', async () => {
  const { url } = await openDatabase();
  const migrator = await migratorOf(url, await folderOf(files));
  await migrator.up({ to: 'M1' });
  expect(await migrator.up({ runBackfills: true })).toHaveLength(2);
});

test('a class requires one by a static list, and one that does not exist is refused', async () => {
  const { url } = await openDatabase();
  const required = (name: string) => `import { Migration } from '@mikro-orm/migrations';
    export class M3 extends Migration {
      static requiresBackfills = ['${name}'];
      override up(): void { this.addSql('alter table item alter column note set not null'); }
    }`;
  const { 'M3.sql': _, ...others } = files;
  const wrong = await migratorOf(url, await folderOf({ ...others, 'M3.ts': required('other') }));
  expect((await failure(wrong.up())).message).toContain('there is no file backfills/other.sql');
  const migrator = await migratorOf(url, await folderOf({ ...others, 'M3.ts': required('fill') }));
  await migrator.up({ to: 'M2' });
  expect((await failure(migrator.up())).message).toContain('M3: requires the backfill fill');
  await migrator.backfill('fill');
  expect(await migrator.up()).toHaveLength(1);
});

test('a finished backfill may be removed from the code, and one that is not may not', async () => {
  const { url } = await openDatabase();
  const migrator = await migratorOf(url, await folderOf(files));
  await migrator.up({ to: 'M2' });
  const { 'backfills/fill.sql': _, ...others } = files;
  const without = await migratorOf(url, await folderOf(others));
  expect((await failure(without.up())).message).toContain('there is no file');
  await migrator.backfill('fill');
  expect(await without.backfills()).toMatchObject([{ name: 'fill', state: 'missing' }]);
  expect(await without.up()).toHaveLength(1);
});

test('one whose migration is reverted has to be run again', async () => {
  const { url, client } = await openDatabase();
  const migrator = await migratorOf(
    url,
    await folderOf({
      ...files,
      'M2.down.sql': 'alter table item drop column note',
      'M3.down.sql': 'alter table item alter column note drop not null',
    }),
  );
  await migrator.up();
  await migrator.down();
  expect(await migrator.backfills()).toMatchObject([{ state: 'pending' }]);
  await migrator.down();
  await migrator.up('M2');
  expect(await failure(migrator.up())).toMatchObject({ code: 'migrations-refused' });
  expect(await migrator.up({ runBackfills: true })).toHaveLength(1);
  expect(await column(client, 'select distinct note from item')).toEqual(['new']);
});

test('the table of the progress is not taken for one that nobody manages', async () => {
  const { url } = await openDatabase();
  const migrator = await migratorOf(url, await folderOf(files));
  await migrator.up();
  expect(JSON.stringify(await migrator.drift())).not.toContain('migration_backfill');
  const { leftovers } = await migrator.create();
  expect(leftovers).toEqual(['column:public.item.note']);
});

test('a required backfill that lacks its value, or is wrong, is named with what is wrong', async () => {
  const { url } = await openDatabase();
  for (const [sql, problem] of [
    [
      'update item set note = /* what is its value for the rows that exist? */ where note is null;',
      'in place of a value',
    ],
    ['update item set note =', 'syntax error'],
  ] as const) {
    const migrator = await migratorOf(url, await folderOf({ ...files, 'backfills/fill.sql': sql }));
    const { message } = await failure(migrator.up());
    expect(message).toContain('M3: requires the backfill fill, whose file backfills/fill.sql cannot be run');
    expect(message).toContain(problem);
  }
});
