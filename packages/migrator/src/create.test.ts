import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineEntity, type Options, p, Routine } from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { failure, openDatabase, openMigrator } from '../test/fixtures.ts';
import type { Migrator } from './migrator.ts';

const status = ['new', 'old'];
const Item = defineEntity({
  name: 'Item',
  properties: {
    id: p.integer().primary(),
    name: p.string().index('item_name_index'),
    kind: p.enum(['a', 'b']),
    status: p.enum(status).nativeEnumName('item_status'),
  },
});
const Measurement = defineEntity({
  name: 'Measurement',
  properties: { id: p.integer().primary(), at: p.datetime().primary() },
  partitionBy: {
    type: 'range',
    expression: 'at',
    partitions: [{ name: 'measurement_2026', values: `from ('2026-01-01') to ('2027-01-01')` }],
  },
});
const Summary = defineEntity({
  name: 'Summary',
  view: true,
  expression: 'select id, name from item',
  properties: { id: p.integer().primary(), name: p.string() },
});
const answer = new Routine({
  name: 'answer',
  type: 'function',
  language: 'sql',
  params: { times: { type: 'integer' } },
  returns: { runtimeType: 'number', columnType: 'integer' },
  body: () => 'select 42 * times',
});

async function openFolder(url: string, options: Options): Promise<{ migrator: Migrator; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const migrator = await openMigrator(url, [], {
    preferTs: true,
    ...options,
    migrations: { migrationsList: undefined, path: folder, pathTs: folder },
  });
  return { migrator, folder };
}

/** A database that matches the entities. */
async function shopDatabase(options: Options): Promise<{ url: string; client: Client }> {
  const { url, client } = await openDatabase();
  const { migrator } = await openFolder(url, options);
  const { diff } = await migrator.create();
  await client.query(diff.up.join('\n'));
  expect(await migrator.checkSchema()).toBe(false);
  return { url, client };
}

const shop: Options = { entities: [Item, Measurement, Summary], routines: [answer] };

/** Objects that no entity names. */
const foreign = `
  create schema other;
  create table other.stock (id int);
  create table legacy (id int primary key, note text);
  create table event (id int, at date) partition by range (at);
  create table event_2026 partition of event for values from ('2026-01-01') to ('2027-01-01');
  create table measurement_2027 partition of measurement for values from ('2027-01-01') to ('2028-01-01');
  create type mood as enum ('good', 'bad');
  create sequence ticket;
  create domain amount as int check (value > 0);
  create function add_one(int) returns int language sql as 'select $1 + 1';
  create function answer(text) returns text language sql as 'select $1';
  create view legacy_view as select * from legacy;
  create materialized view legacy_numbers as select id from legacy;
  create view summary_report as select * from summary;
  alter table item add column remark varchar(255), add column mood mood,
    add constraint item_remark_check check (remark <> ''), enable row level security;
  create index item_remark_index on item (remark);
  create unique index item_lower_index on item (lower(name));
  alter table item add constraint item_legacy_foreign foreign key (id) references legacy (id);
  create function touch() returns trigger language plpgsql as 'begin return new; end';
  create trigger item_touch before update on item for each row execute function touch();
  create policy item_all on item using (true);
`;

/** Every object of the database, in enough detail to show that one was dropped. */
const objects = `
  select pg_describe_object(classid, objid, 0) as object from (
    select 'pg_class'::regclass as classid, oid as objid, relnamespace as namespace from pg_class
    union all select 'pg_type'::regclass, oid, typnamespace from pg_type
    union all select 'pg_proc'::regclass, oid, pronamespace from pg_proc
    union all select 'pg_constraint'::regclass, oid, connamespace from pg_constraint
    union all select 'pg_trigger'::regclass, t.oid, relnamespace from pg_trigger t join pg_class c on c.oid = tgrelid
    union all select 'pg_policy'::regclass, y.oid, relnamespace from pg_policy y join pg_class c on c.oid = polrelid
    union all select 'pg_namespace'::regclass, oid, oid from pg_namespace
  ) as all_objects join pg_namespace on pg_namespace.oid = namespace
  where nspname !~ '^pg_' and nspname <> 'information_schema'
  union all
  select format('column %s.%I', attrelid::regclass, attname) from pg_attribute join pg_class c on c.oid = attrelid
    join pg_namespace n on n.oid = relnamespace
  where attnum > 0 and not attisdropped and nspname !~ '^pg_' and nspname <> 'information_schema'`;

async function objectsOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ object: string }>(objects);
  return rows.map(({ object }) => object).sort();
}

test('what the entities do not name is left alone, and listed', async () => {
  const { url, client } = await shopDatabase(shop);
  await client.query(foreign);
  const { migrator, folder } = await openFolder(url, shop);
  const { diff, unmanaged } = await migrator.create();
  expect(diff.up).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
  expect(await migrator.checkSchema()).toBe(false);
  expect([...unmanaged].sort()).toEqual(
    [
      'check public.item.item_remark_check',
      'column public.item.mood',
      'column public.item.remark',
      'foreign key public.item.item_legacy_foreign',
      'function public.add_one(int)',
      'function public.answer(text)',
      'index public.item.item_lower_index',
      'index public.item.item_remark_index',
      'partitioning of table public.measurement',
      'policy public.item.item_all',
      'row level security of table public.item',
      'schema other',
      'table other.stock',
      'table public.event',
      'table public.legacy',
      'trigger public.item.item_touch',
      'type public.mood',
      'view public.legacy_numbers',
      'view public.legacy_view',
      'view public.summary_report',
    ].sort(),
  );
});

test('a migration for something else drops none of it', async () => {
  const { url, client } = await shopDatabase(shop);
  await client.query(foreign);
  const before = await objectsOf(client);
  const Changed = defineEntity({
    name: 'Item',
    properties: {
      id: p.integer().primary(),
      // Of the same type as `remark`: no reason to rename that one.
      title: p.string().nullable(),
      name: p.string().index('item_name_index'),
      kind: p.enum(['a', 'b', 'c']),
      status: p.enum([...status, 'gone']).nativeEnumName('item_status'),
    },
  });
  const { migrator, folder } = await openFolder(url, { ...shop, entities: [Changed, Measurement, Summary] });
  const { diff } = await migrator.create();
  expect(await readdir(folder)).toHaveLength(1);
  await client.query(diff.up.filter((sql) => sql.startsWith('alter type')).join('\n'));
  await client.query(diff.up.filter((sql) => !sql.startsWith('alter type')).join('\n'));
  const after = await objectsOf(client);
  expect(before.filter((object) => !after.includes(object))).toEqual([]);
  expect(after).toContain('column item.title');
  expect(await migrator.checkSchema()).toBe(false);
  await client.query(diff.down.filter((sql) => !sql.includes('alter type')).join('\n'));
  const reverted = await objectsOf(client);
  expect(before.filter((object) => !reverted.includes(object))).toEqual([]);
});

test('a removed property leaves its column and table, and lists them', async () => {
  const { url } = await shopDatabase(shop);
  const Smaller = defineEntity({ name: 'Item', properties: { id: p.integer().primary(), name: p.string() } });
  const { migrator } = await openFolder(url, { entities: [Smaller, Summary] });
  const { diff, unmanaged } = await migrator.create();
  expect(diff.up).toEqual([]);
  expect(unmanaged).toEqual(
    expect.arrayContaining([
      'table public.measurement',
      'column public.item.kind',
      'type public.item_status',
    ]),
  );
});

test('a changed view that others depend on is refused: MikroORM would drop them with it', async () => {
  const { url, client } = await shopDatabase(shop);
  await client.query(foreign);
  const Changed = defineEntity({
    name: 'Summary',
    view: true,
    expression: 'select id, upper(name) as name from item',
    properties: { id: p.integer().primary(), name: p.string() },
  });
  const options = { ...shop, entities: [Item, Measurement, Changed] };
  const { migrator, folder } = await openFolder(url, options);
  const { code, message, hint } = await failure(migrator.create());
  expect(code).toBe('cascade-refused');
  expect(message).toContain('summary_report');
  expect(hint).toContain('drop those views first');
  expect(await readdir(folder)).toEqual([]);
  expect(hint).toContain('`npx @ecommerce-dms/migrator create --blank`');
  await migrator.create(undefined, true);
  expect(await readdir(folder)).toHaveLength(1);
  await client.query('drop view summary_report');
  const { diff } = await migrator.create();
  await client.query(diff.up.join('\n'));
  expect(await migrator.checkSchema()).toBe(false);
});

test.each([
  {
    kind: 'an identity',
    columns: 'id int primary key generated always as identity, name text not null',
    name: 'id',
  },
  {
    kind: 'generated',
    columns: `id serial primary key, name text not null generated always as ('x') stored`,
    name: 'name',
  },
])('a column that is $kind only in the database is not dropped with its data', async ({ columns, name }) => {
  const { url, client } = await openDatabase();
  await client.query(`create table item (${columns})`);
  const Plain = defineEntity({ name: 'Item', properties: { id: p.integer().primary(), name: p.text() } });
  const { migrator } = await openFolder(url, { entities: [Plain] });
  const { diff, unmanaged } = await migrator.create();
  expect(diff.up).toEqual([]);
  expect(unmanaged).toEqual([`generation of column public.item.${name}`]);
});
