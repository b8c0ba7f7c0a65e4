import { expect, test } from 'vitest';
import { column, failure, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

const first = migration('Migration1', ['create table item (id int primary key)']);

test('a failure rolls back only its migration and says where it happened', async () => {
  const { url, client } = await openDatabase();
  const broken = migration('Migration2', [
    'insert into item values (1)',
    'insert into  item\nvalues (wrong)',
  ]);
  const migrator = await openMigrator(url, [first, broken, migration('Migration3', ['select 1'])]);
  const { code, message, hint } = await failure(migrator.up());
  expect(code).toBe('migration-failed');
  expect(message).toContain(
    'Migration Migration2 (up) failed at statement 2 of 2: insert into item values (wrong)',
  );
  expect(message).toContain('column "wrong" does not exist (SQLSTATE 42703, at character 27)');
  expect(message).toContain('nothing of this migration was applied');
  expect(hint).toBe('Correct the migration. Run it again: `npx @ecommerce-dms/migrator up`.');
  expect(await column(client, 'select id from item')).toEqual([]);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending', 'Migration3 pending']);
});

test('statements that change the catalog alone are sent together, and a failure is still that of one', async () => {
  const { url, client } = await openDatabase();
  const together = [
    'alter table item add note text',
    `create function two() returns int language sql as 'select 2' -- a remark`,
    `comment on column item.note is 'one; two'`,
    'create trigger item_two before insert on item for each row execute function nothing()',
    'grant select on item to public',
  ];
  const migrator = await openMigrator(url, [first, migration('Migration2', together)]);
  const { message } = await failure(migrator.up());
  expect(message).toContain('failed at statement 4 of 5: create trigger item_two');
  expect(message).toContain('function nothing() does not exist');
  expect(
    await column(
      client,
      `select count(*)::int from pg_attribute where attrelid = 'item'::regclass and attname = 'note'`,
    ),
  ).toEqual([0]);
  await client.query(`create function nothing() returns trigger language plpgsql as 'begin return new; end'`);
  expect(await migrator.up()).toHaveLength(1);
  expect(await column(client, `select col_description('item'::regclass, 2)`)).toEqual(['one; two']);
  expect(await column(client, 'select count(*)::int from pg_trigger where not tgisinternal')).toEqual([1]);
});

test('a constraint that fails at the commit is reported as such', async () => {
  const { url } = await openDatabase();
  const deferred = migration('Migration2', [
    'alter table item add parent int references item deferrable initially deferred',
    'insert into item values (1, 2)',
  ]);
  const migrator = await openMigrator(url, [first, deferred]);
  const { message } = await failure(migrator.up());
  expect(message).toContain('failed at the commit, after 2 statements');
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending']);
});

test('the password of a role does not appear in an error', async () => {
  const { url } = await openDatabase();
  const roles = [
    migration('Migration1', [`create role postgres password 's3cret'`]),
    migration('Migration1', [`create role app passwort 's3cret`]),
  ];
  for (const role of roles) {
    const { message } = await failure((await openMigrator(url, [role])).up());
    expect(message).toContain(`'***'`);
    expect(message).not.toContain('s3cret');
  }
});

test('settings of a migration affect neither the next one nor the pool', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    migration('Migration1', [`set search_path = ''`, 'create table public.item (id int)']),
    migration('Migration2', ['insert into item values (1)']),
  ]);
  await migrator.up();
  expect(await column(client, 'select id from item')).toEqual([1]);
  expect((await migrator.getExecuted()).length).toBe(2);
});

test('a down that was not written is refused', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [first]);
  await migrator.up();
  const { message } = await failure(migrator.down());
  expect(message).toContain('down() failed: This migration cannot be reverted');
  expect(await states(migrator)).toEqual(['Migration1 applied']);
});
