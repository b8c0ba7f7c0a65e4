import { readdir } from 'node:fs/promises';
import { defineEntity, type Options, p, Routine } from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { column, failure, openDatabase } from '../../test/fixtures.ts';
import { folderOf, migratorOf, writeFiles } from '../../test/folder.ts';
import type { CreateOptions } from './create.ts';

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

/** A project whose migrations have made what the entities name, in a database that has applied them. */
async function openProject(options: Options): Promise<{ url: string; client: Client; folder: string }> {
  const { url, client } = await openDatabase();
  const folder = await folderOf({});
  await (await migratorOf(url, folder, options)).create({ name: 'first' });
  await (await migratorOf(url, folder, options)).up();
  return { url, client, folder };
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

test('what no migration has made does not show', async () => {
  const { url, client, folder } = await openProject(shop);
  await client.query(foreign);
  const before = await objectsOf(client);
  const migrator = await migratorOf(url, folder, shop);
  expect(await migrator.checkSchema()).toBe(false);
  expect(await migrator.create()).toMatchObject({ fileName: '', files: [], leftovers: [], ineffective: [] });
  expect(await readdir(folder)).toHaveLength(1);
  expect(await objectsOf(client)).toEqual(before);
});

test('what the migrations have made and the entities do not name is left alone, and listed', async () => {
  const { url, folder } = await openProject(shop);
  await writeFiles(folder, { 'Migration99990101000000_foreign.sql': foreign });
  const migrator = await migratorOf(url, folder, shop);
  expect(await migrator.checkSchema()).toBe(false);
  const { files, leftovers } = await migrator.create();
  expect(files).toEqual([]);
  expect([...leftovers].sort()).toEqual(
    [
      'check:public.item.item_remark_check',
      'column:public.item.mood',
      'column:public.item.remark',
      'foreign-key:public.item.item_legacy_foreign',
      'function:public.add_one(int)',
      'function:public.answer(text)',
      'index:public.item.item_lower_index',
      'index:public.item.item_remark_index',
      'partitioning:public.measurement',
      'policy:public.item.item_all',
      'row-level-security:public.item',
      'schema:other',
      'table:other.stock',
      'table:public.event',
      'table:public.legacy',
      'trigger:public.item.item_touch',
      'type:public.mood',
      'view:public.legacy_numbers',
      'view:public.legacy_view',
      'view:public.summary_report',
    ].sort(),
  );
});

test('a drop is asked for by name, and has a file of its own', async () => {
  const { url, client, folder } = await openProject(shop);
  await writeFiles(folder, { 'Migration20990101000000_foreign.sql': foreign });
  await (await migratorOf(url, folder, shop)).up();
  const { files, leftovers } = await (
    await migratorOf(url, folder, shop)
  ).create({
    name: 'gone',
    drop: [
      'trigger:public.item.item_touch',
      'policy:public.item.item_all',
      'check:public.item.item_remark_check',
      'view:public.legacy_view',
      'view:public.legacy_numbers',
      'foreign-key:public.item.item_legacy_foreign',
      'index:public.item.item_remark_index',
      'column:public.item.remark',
      'column:public.item.mood',
      'type:public.mood',
      'table:public.legacy',
      'table:public.event',
      'function:public.add_one(int)',
      'function:public.answer(text)',
      'view:public.summary_report',
      'table:other.stock',
      'schema:other',
      'index:public.item.item_lower_index',
    ],
    reason: 'release 7 has stopped using it',
  });
  expect(files.map(({ phase }) => phase)).toEqual(['contract']);
  expect([...leftovers].sort()).toEqual([
    'partitioning:public.measurement',
    'row-level-security:public.item',
  ]);
  const migrator = await migratorOf(url, folder, shop);
  expect(await migrator.lint()).toEqual([]);
  await migrator.up();
  expect(await column(client, `select to_regclass('legacy') is null`)).toEqual([true]);
  expect(await migrator.create()).toMatchObject({ files: [] });
});

const Louder = defineEntity({
  name: 'Summary',
  view: true,
  expression: 'select id, upper(name) as name from item',
  properties: { id: p.integer().primary(), name: p.string() },
});

test('a changed view is created again, and one that others depend on is refused', async () => {
  const { url, client, folder } = await openProject(shop);
  const changed = { ...shop, entities: [Item, Measurement, Louder] };
  await writeFiles(folder, { 'Migration90000101000000.sql': 'create view report as select * from summary' });
  const { code, message, hint } = await failure((await migratorOf(url, folder, changed)).create());
  expect(code).toBe('cascade-refused');
  expect(message).toContain('report');
  expect(hint).toContain('`npx @ecommerce-dms/migrator create --blank`');
  expect(await readdir(folder)).toHaveLength(2);
  // Following the hint.
  const { files } = await (await migratorOf(url, folder, changed)).create({ blank: true, sql: true });
  const byHand = `drop view report; drop view summary; create view summary as select id, upper(name) as name from item;
    create view report as select * from summary`;
  await writeFiles(folder, { [files[0]?.fileName ?? '']: byHand });
  expect(await (await migratorOf(url, folder, changed)).create()).toMatchObject({ files: [] });

  await (await migratorOf(url, folder, changed)).up();
  expect(await column(client, 'select count(*)::int from report')).toEqual([0]);
  const back = await (
    await migratorOf(url, folder, { ...changed, entities: [Item, Measurement] })
  ).create({
    drop: ['view:public.report'],
  });
  expect(back.leftovers).toEqual(['view:public.summary']);
  const { diff } = await (await migratorOf(url, folder, shop)).create();
  expect(diff.up.join()).not.toContain('cascade');
  await (await migratorOf(url, folder, shop)).up();
  expect(await (await migratorOf(url, folder, shop)).checkSchema()).toBe(false);
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
])(
  'a column that is $kind only in the migrations is not dropped with its data',
  async ({ columns, name }) => {
    const { url } = await openDatabase();
    const folder = await folderOf({ 'M1.sql': `create table item (${columns})` });
    const Plain = defineEntity({ name: 'Item', properties: { id: p.integer().primary(), name: p.text() } });
    const { files, leftovers } = await (await migratorOf(url, folder, { entities: [Plain] })).create();
    expect(files).toEqual([]);
    expect(leftovers).toEqual([`generation:public.item.${name}`]);
  },
);

test('no database of the project is needed where another server is named', async () => {
  const { url } = await openDatabase();
  const folder = await folderOf({});
  const nowhere = Object.assign(new URL(url), { port: '1' }).href;
  const migrator = await migratorOf(nowhere, folder, { entities: [Item] });
  expect((await migrator.create({ shadowUrl: url })).files.map(({ phase }) => phase)).toEqual(['expand']);
  expect(await failure((await migratorOf(nowhere, folder, { entities: [Item] })).create())).toMatchObject({
    code: 'database-unreachable',
  });
});

test('what is asked for and fits nothing is refused, each with its reason', async () => {
  const { url, folder } = await openProject(shop);
  await writeFiles(folder, { 'Migration90000101000000_foreign.sql': foreign });
  const ask = async (options: CreateOptions) =>
    (await failure((await migratorOf(url, folder, shop)).create(options))).message;
  expect(await ask({ drop: ['table:public.item', 'partitioning:public.measurement'] })).toMatch(
    /table:public\.item is nothing that[^]*partitioning:public\.measurement is nothing that one statement/,
  );
  expect(await ask({ rename: ['column:public.item.remark=nowhere', 'table:public.item=other'] })).toMatch(
    /no column item\.nowhere[^]*table:public\.item=other begins with nothing/,
  );
  expect(await ask({ optional: ['column:public.item.remark'] })).toContain('every row must have');
  // The view legacy_view needs it.
  const { message, hint } = await failure(
    (await migratorOf(url, folder, shop)).create({ drop: ['table:public.legacy'] }),
  );
  expect(message).toContain('other objects depend on it');
  expect(hint).toContain('create --blank');
});

test('a column that is left over and that every row must have is named, and let be null when asked', async () => {
  const { url, client, folder } = await openProject({ entities: [Item] });
  const Smaller = defineEntity({ name: 'Item', properties: { id: p.integer().primary() } });
  const as = () => migratorOf(url, folder, { entities: [Smaller] });
  const { files, required } = await (await as()).create();
  expect(files).toEqual([]);
  expect([...required].sort()).toEqual([
    'column:public.item.kind',
    'column:public.item.name',
    'column:public.item.status',
  ]);
  expect((await (await as()).create({ optional: required })).warnings.map(({ code }) => code)).toContain(
    'not-null-dropped',
  );
  await (await as()).up();
  await client.query('insert into item default values');
  expect(await (await as()).create()).toMatchObject({ files: [], required: [] });
});
