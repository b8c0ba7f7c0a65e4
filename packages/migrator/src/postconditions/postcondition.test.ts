import { expect, test } from 'vitest';
import {
  column,
  failure,
  indexesOf,
  openClient,
  openDatabase,
  openMigrator,
  states,
  until,
  waitsForLock,
} from '../../test/fixtures.ts';
import { migration } from '../../test/migration.ts';

const table = migration('Migration1', [
  'create table item (id int, name text)',
  'insert into item values (1), (1)',
  'create table parent (id int primary key)',
]);

async function prepare(last: string, before: string) {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [table, migration('Migration2', [last])]);
  await migrator.up({ to: 'Migration1' });
  await client.query(before);
  return { url, client, migrator };
}

test('the remains of a failed unique index are found behind IF NOT EXISTS, and built again', async () => {
  const { url, client, migrator } = await prepare(
    'create unique index concurrently if not exists item_id on item (id)',
    'select 1',
  );
  const stock = await openClient(url);
  await expect(stock.query('create unique index concurrently item_id on item (id)')).rejects.toThrow(
    'could not create unique index',
  );
  expect(await indexesOf(client, 'item')).toEqual(['item_id false']);
  // With the duplicates it fails, as it should, and leaves nothing.
  expect((await failure(migrator.up())).message).toContain('SQLSTATE 23505');
  expect(await indexesOf(client, 'item')).toEqual([]);
  await client.query('delete from item where ctid = (select min(ctid) from item)');
  await migrator.up();
  expect(await indexesOf(client, 'item')).toEqual(['item_id true']);
});

test('an index that another session is building is not dropped', async () => {
  const { url, client, migrator } = await prepare(
    'create index concurrently if not exists item_id on item (id)',
    'select 1',
  );
  const writer = await openClient(url);
  await writer.query('begin; insert into item values (2)');
  const builder = await openClient(url);
  const building = builder.query('create index concurrently item_id on item (id)');
  await expect.poll(() => indexesOf(client, 'item')).toEqual(['item_id false']);
  const [oid] = await column(client, `select 'item_id'::regclass::oid`);
  const run = migrator.up();
  await until(client, waitsForLock('create index concurrently if not exists'));
  await writer.query('commit');
  await building;
  expect(await run).toEqual([{ name: 'Migration2' }]);
  expect(await column(client, `select 'item_id'::regclass::oid`)).toEqual([oid]);
  expect(await indexesOf(client, 'item')).toEqual(['item_id true']);
});

test.each([
  {
    sql: 'create index concurrently if not exists item_id on item (id)',
    found: 'create index item_id on item (id desc)',
  },
  {
    sql: 'create index if not exists item_id on item (id)',
    found: 'create index item_id on item (id) where id > 5',
  },
  {
    sql: 'create unique index if not exists item_id on public . "item" (lower(name), id)',
    found: 'create index item_id on item (lower(name), id)',
  },
  {
    sql: 'create index if not exists item_id on item (id) where name = $$x$$',
    found: 'create index item_id on item (id) where name = $$y$$',
  },
])('"$sql" over another definition fails, and the remedy helps', async ({ sql, found }) => {
  const { client, migrator } = await prepare(sql, `delete from item; ${found}`);
  const { code, message, hint } = await failure(migrator.up());
  expect(code).toBe('migration-failed');
  expect(message).toContain('the index public.item_id exists with another definition');
  expect(
    await column(client, `select count(*)::int from pg_class where relnamespace = pg_my_temp_schema()`),
  ).toEqual([0]);
  const [drop] = /drop index (concurrently )?public\.item_id/.exec(hint) ?? [];
  await client.query(`${drop}`);
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
});

test.each([
  {
    sql: 'create index concurrently if not exists item_id on item (id)',
    found: 'create index item_id on item using btree (id asc)',
  },
  {
    sql: `create index if not exists item_id on item (id) where name in ('x', 'ü')`,
    found: `create index item_id on item (id) where name = any (array['x', 'ü'])`,
  },
  { sql: 'create table if not exists item (id integer, name text)', found: 'alter table item add more int' },
  {
    sql: 'create table if not exists child (id serial primary key, parent int references parent (id))',
    found: 'create table child (id serial primary key, parent int references parent)',
  },
  {
    sql: 'alter table item add column if not exists kind varchar(5) not null default $$a$$',
    found: `alter table item add kind varchar(5) not null default 'a'`,
  },
  {
    sql: `create table if not exists "Made It" (id int primary key, "N" int check ("N" > 0), parent int references public.parent (id))`,
    found: `create table "Made It" (id int, "N" int, parent int references parent not null);
      alter table "Made It" alter parent drop not null, add primary key (id), add constraint other check ("N" > 0) not valid`,
  },
  {
    sql: 'alter table item add column if not exists name text unique',
    found: 'create unique index item_by_name on item (name)',
  },
  { sql: 'create sequence if not exists made', found: 'create sequence made' },
  {
    sql: 'alter table item add column if not exists parent int references parent, add column if not exists other int',
    found: 'alter table item add parent int references parent',
  },
])('"$sql" over the same definition is accepted', async ({ sql, found }) => {
  const { client, migrator } = await prepare(sql, found);
  expect(await migrator.up()).toEqual([{ name: 'Migration2' }]);
  expect(await column(client, `select to_regclass('pg_temp.item')::text`)).toEqual([null]);
});

test.each([
  {
    sql: 'create table if not exists made (id int primary key)',
    found: 'create table made (id int not null)',
    problem: 'it has no unique (id); it has no primary key',
  },
  {
    sql: `create table if not exists made (id int, name text check (name <> ''), unique (id, name))`,
    found: `create table made (id int, name text check (name <> 'a'))`,
    problem: `it has no unique (id, name); it has no CHECK ((name <> ''::text))`,
  },
  {
    sql: 'alter table item add column if not exists parent int references parent on delete cascade',
    found: 'alter table item add parent int references parent',
    problem: 'it has no FOREIGN KEY (parent) REFERENCES parent(id) ON DELETE CASCADE',
  },
  {
    sql: 'alter table item add column if not exists name text unique',
    found: 'select 1',
    problem: 'it has no unique (name)',
  },
  {
    sql: 'create table if not exists made (id int)',
    found: 'create view made as select 1 as id',
    problem: '"made" exists, and is a view, not a table',
  },
  {
    sql: 'create sequence if not exists made',
    found: 'create table made (id int)',
    problem: '"made" exists, and is a table, not a sequence',
  },
  {
    sql: 'create materialized view if not exists made as select 1 as id',
    found: 'create table made (id int)',
    problem: '"made" exists, and is a table, not a materialized view',
  },
  {
    sql: 'create table if not exists made (id int) partition by range (id)',
    found: 'create table made (id int)',
    problem: '"made" exists, and is a table, not a partitioned table',
  },
])('"$sql" over $found fails, and says what is not there', async ({ sql, found, problem }) => {
  const { migrator } = await prepare(sql, found);
  expect((await failure(migrator.up())).message).toContain(problem);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending']);
});

test.each([
  {
    sql: 'create table if not exists item (id bigint, name text, kind int)',
    problem: 'column id is "integer", not "bigint"; column kind is missing, not "integer"',
  },
  {
    sql: 'alter table item add column if not exists name varchar(5)',
    problem: 'column name is "text", not "character varying(5)"',
  },
  {
    sql: 'alter table item add column if not exists name text not null',
    problem: 'column name is "text", not "text not null"',
  },
])('"$sql" over something else fails, and says the difference', async ({ sql, problem }) => {
  const { migrator } = await prepare(sql, 'select 1');
  expect((await failure(migrator.up())).message).toContain(problem);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending']);
});

test('what a resumed run finds under the name of its index is compared', async () => {
  const { client, migrator } = await prepare(
    'create index concurrently item_id on item (id)',
    'create index item_id on item (id) where id > 5',
  );
  await failure(migrator.up());
  // As after a kill: the ledger does not know whether the statement ended.
  await client.query(`update migration_ledger set state = 'running' where name = 'Migration2'`);
  expect((await failure(migrator.up())).message).toContain('SQLSTATE 42P07');
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 failed']);
});

test('an invalid index behind a plain IF NOT EXISTS is refused, and the remedy helps', async () => {
  const { url, client, migrator } = await prepare(
    'create unique index if not exists item_id on item (id)',
    'select 1',
  );
  const stock = await openClient(url);
  await expect(stock.query('create unique index concurrently item_id on item (id)')).rejects.toThrow(
    'could not create unique index',
  );
  const { message, hint } = await failure(migrator.up());
  expect(message).toContain('the index public.item_id is invalid');
  await client.query('delete from item');
  await client.query(`${/drop index public\.item_id/.exec(hint)?.[0]}`);
  await migrator.up();
  expect(await indexesOf(client, 'item')).toEqual(['item_id true']);
});
