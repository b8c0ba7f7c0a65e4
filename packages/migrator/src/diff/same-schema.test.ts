import { defineEntity, type Options, p } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { column, openDatabase } from '../../test/fixtures.ts';
import { folderOf, migratorOf, writeFiles } from '../../test/folder.ts';

const checks = [
  { name: 'price_between', expression: 'price between 1 and 100' },
  { name: 'price_symmetric', expression: 'price between symmetric 5 and -7' },
  { name: 'kind_like', expression: `kind like 'a%' and price not in (7, 8)` },
];
const Item = defineEntity({
  name: 'Item',
  properties: { id: p.integer().primary(), price: p.integer(), kind: p.text() },
  checks,
});
const Ticket = defineEntity({
  name: 'Ticket',
  properties: {
    id: p.string().primary(),
    number: p.integer().generated('identity'),
    other: p.integer().generated('by default as identity'),
  },
});
const Invoice = defineEntity({
  name: 'Invoice',
  properties: { id: p.integer().primary().autoincrement(false).defaultRaw(`nextval('invoice_number')`) },
});

test.each<{ what: string; options: Options }>([
  { what: 'checks that PostgreSQL rewrites', options: { entities: [Item] } },
  { what: 'identities', options: { entities: [Ticket] } },
  { what: 'a default that PostgreSQL rewrites', options: { entities: [Invoice] } },
  { what: 'entities in the schema of the ORM', options: { entities: [Item, Ticket], schema: 'shop' } },
  {
    what: 'entities in the schema of the migrations',
    options: { entities: [Item, Ticket], migrations: { schema: 'shop' } },
  },
])('$what: once migrated, there is nothing to create', async ({ options }) => {
  const { url, client } = await openDatabase();
  await client.query('create sequence invoice_number');
  const folder = await folderOf({});
  const shadowSql = 'create sequence invoice_number';
  const first = await migratorOf(url, folder, options);
  expect(await first.checkSchema({ shadowSql })).toBe(true);
  await first.create({ shadowSql });
  const migrator = await migratorOf(url, folder, options);
  await migrator.up();
  expect(await migrator.create({ shadowSql })).toMatchObject({ files: [], leftovers: [], ineffective: [] });
  expect(await migrator.checkSchema({ shadowSql })).toBe(false);
  const hasSchema = options.schema ?? options.migrations?.schema;
  const tables = `select count(*)::int from pg_tables where schemaname = '${hasSchema ? 'public' : 'shop'}'`;
  expect(await column(client, tables)).toEqual([0]);
});

test.each([
  {
    what: 'another limit',
    sql: 'drop constraint price_between, add constraint price_between check (price between 1 and 10)',
  },
  { what: 'no check', sql: 'drop constraint price_between' },
])('$what is a difference', async ({ sql }) => {
  const { url } = await openDatabase();
  const folder = await folderOf({});
  await (await migratorOf(url, folder, { entities: [Item] })).create();
  await writeFiles(folder, { 'Migration90000101000000.sql': `alter table item ${sql}` });
  expect(await (await migratorOf(url, folder, { entities: [Item] })).checkSchema()).toBe(true);
});

test('a check that is not validated yet is not dropped and added again', async () => {
  const { url } = await openDatabase();
  const rest = checks.slice(1).map(({ name, expression }) => `constraint ${name} check (${expression})`);
  const folder = await folderOf({
    'M1.sql': `create table item (id serial primary key, price int not null, kind text not null, ${rest.join(', ')});
    alter table item add constraint price_between check (price between 1 and 100) not valid`,
  });
  const migrator = await migratorOf(url, folder, { entities: [Item] });
  expect((await migrator.create()).diff.up).toEqual([]);
});
