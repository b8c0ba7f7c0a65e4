import { defineEntity, type Options, p, Routine } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { column, openDatabase } from '../../test/fixtures.ts';
import { folderOf, migratorOf } from '../../test/folder.ts';

/** Entities with what is no column, index or constraint; `version` changes all of it. */
function objects(version: number): Options {
  const Item = defineEntity({
    name: 'Item',
    comment: `items of version ${version}`,
    properties: {
      id: p.integer().primary().autoincrement(false),
      name: p.text().comment(`the name of version ${version}`),
      touched: p.integer().default(version),
      low: p.integer(),
      high: p.integer(),
    },
    checks: [{ name: 'item_low_high', expression: `high - low between 0 and ${100 * version}` }],
    triggers: [
      {
        name: 'item_touch',
        timing: 'before',
        events: ['update'],
        body: `new.touched = ${version}; return new;`,
      },
    ],
    policies: [{ name: 'item_reads', command: 'select', using: `low >= ${-version}` }],
  });
  const Ticket = defineEntity({
    name: 'Ticket',
    properties: {
      id: p.bigint().primary().autoincrement(false).generated('by default as identity'),
      item: () => p.manyToOne(Item).deleteRule(version === 1 ? 'cascade' : 'restrict'),
    },
  });
  const Names = defineEntity({
    name: 'Names',
    view: { materialized: true },
    expression: `select id, ${version === 1 ? 'name' : 'upper(name) as name'} from item`,
    properties: { id: p.integer().primary(), name: p.text().index() },
  });
  const Short = defineEntity({
    name: 'Short',
    view: true,
    expression: `select id, left(name, ${version}) as name from item`,
    properties: { id: p.integer().primary(), name: p.text() },
  });
  const answer = new Routine({
    name: 'answer',
    type: 'function',
    language: 'sql',
    params: { times: { type: 'integer' } },
    returns: { runtimeType: 'number', columnType: 'integer' },
    body: () => `select ${41 + version} * times`,
  });
  return { entities: [Item, Ticket, Names, Short], routines: [answer] };
}

test('triggers, policies, views, routines, remarks and rules of keys change on a database with rows', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf({});
  const as = (version: number) => migratorOf(url, folder, objects(version));
  expect((await (await as(1)).create()).files.map(({ phase }) => phase)).toEqual(['expand', 'views']);
  await (await as(1)).up();
  expect(await (await as(1)).create()).toMatchObject({ files: [], leftovers: [], ineffective: [] });
  await client.query(`insert into item values (1, 'one', 1, 2, 3); insert into ticket (item_id) values (1);
    refresh materialized view names`);
  const { files, leftovers, warnings } = await (await as(2)).create();
  expect(files.map(({ phase, statements }) => [phase, ...statements])).toMatchInlineSnapshot(`
    [
      [
        "expand",
        "drop view "short"",
        "drop policy "item_reads" on "item"",
        "drop trigger if exists "item_touch" on "item"",
        "drop function if exists "item_item_touch_fn"()",
        "alter table "item" alter column "touched" set default 2",
        "comment on column "item"."name" is 'the name of version 2'",
        "alter table "item" drop constraint "item_low_high", add constraint item_low_high check (high - low between 0 and 200) not valid",
        "create or replace function "item_item_touch_fn"() returns trigger as $$ begin new.touched = 2; return new; end; $$ language plpgsql",
        "create trigger "item_touch" BEFORE UPDATE on "item" for each ROW execute function "item_item_touch_fn"()",
        "comment on table "item" is 'items of version 2'",
        "create policy "item_reads" on "item" for select using (low >= -2)",
        "alter table "ticket" drop constraint "ticket_item_id_foreign", add constraint ticket_item_id_foreign foreign key ("item_id") references "item" ("id") on delete restrict not valid",
        "create view "short" as select id, left(name, 2) as name from item",
        "drop function if exists "answer"(integer)",
        "create or replace function "answer"("times" integer) returns integer language sql as $$ select 43 * times $$",
      ],
      [
        "views",
        "drop materialized view "names"",
        "create materialized view "names" as select id, upper(name) as name from item with data",
        "create unique index "names_pkey" on "names" ("id")",
      ],
      [
        "validate",
        "alter table item validate constraint item_low_high",
        "alter table ticket validate constraint ticket_item_id_foreign",
      ],
    ]
  `);
  expect({ leftovers, warnings }).toEqual({ leftovers: [], warnings: [] });
  expect(await (await as(2)).lint({ smallTableRows: 0 })).toEqual([]);
  await (await as(2)).up();
  expect(await (await as(2)).create()).toMatchObject({ files: [], leftovers: [], ineffective: [] });
  await client.query('update item set low = low');
  expect(await column(client, 'select touched from item')).toEqual([2]);
  expect(await column(client, 'select name from names')).toEqual(['ONE']);
  expect(await column(client, 'select answer(2)')).toEqual([86]);
});
