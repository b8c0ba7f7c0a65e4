import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineEntity, type EntitySchema, type Options, p } from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { column, failure, openDatabase } from '../../test/fixtures.ts';
import { folderOf, migratorOf } from '../../test/folder.ts';
import type { Migrator } from '../migrator.ts';

const key = { id: p.integer().primary().autoincrement(false) };

/** A project in a database that has its migrations. */
async function projectOf(...entities: EntitySchema[]): Promise<{
  url: string;
  client: Client;
  folder: string;
  as: (...next: EntitySchema[]) => Promise<Migrator>;
}> {
  const { url, client } = await openDatabase();
  const folder = await folderOf({});
  const as = (...next: EntitySchema[]): Promise<Migrator> => {
    const options: Options = { entities: next, discovery: { warnWhenNoEntities: false } };
    return migratorOf(url, folder, options);
  };
  await (await as(...entities)).create({ name: 'first' });
  await (await as(...entities)).up();
  return { url, client, folder, as };
}

test('each kind of change has a file of its own', async () => {
  const Old = defineEntity({
    name: 'Item',
    properties: {
      ...key,
      code: p.text(),
      price: p.integer().nullable(),
      mood: p.enum(['a']).nativeEnumName('mood'),
    },
  });
  const New = defineEntity({
    name: 'Item',
    properties: {
      ...key,
      code: p.text().unique(),
      price: p.integer().index(),
      mood: p.enum(['a', 'b']).nativeEnumName('mood').default('b'),
      note: p.text().nullable(),
      parent: () => p.manyToOne(New).nullable(),
    },
    checks: [{ name: 'item_price_positive', expression: 'price > 0' }],
  });
  const { client, folder, as } = await projectOf(Old);
  await client.query(`insert into item values (1, 'x', null, 'a')`);
  const { files, warnings } = await (await as(New)).create({ name: 'more' });
  expect(files.map(({ phase, statements }) => [phase, ...statements])).toMatchInlineSnapshot(`
    [
      [
        "values",
        "alter type "mood" add value if not exists 'b' after 'a'",
      ],
      [
        "expand",
        "alter table "item" add "note" text null, add "parent_id" int null",
        "alter table "item" add constraint item_parent_id_foreign foreign key ("parent_id") references "item" ("id") on delete set null not valid",
        "alter table "item" alter column "mood" set default 'b'",
        "alter table "item" add constraint item_price_positive check (price > 0) not valid",
      ],
      [
        "indexes",
        "create unique index concurrently item_code_unique on item (code)",
        "create index concurrently "item_price_index" on "item" ("price")",
      ],
      [
        "backfill",
        "update "public"."item" set price = /* what is its value for the rows that exist? */ where price is null;",
      ],
      [
        "validate",
        "alter table item validate constraint item_parent_id_foreign",
        "alter table "item" add constraint item_price_not_null_check check (price is not null) not valid",
        "alter table item validate constraint item_price_not_null_check",
        "alter table item alter column "price" set not null",
        "alter table item drop constraint item_price_not_null_check",
        "alter table "item" add constraint item_code_unique unique using index item_code_unique",
        "alter table item validate constraint item_price_positive",
      ],
    ]
  `);
  expect(warnings).toEqual([]);
  const backfill = files.find(({ phase }) => phase === 'backfill');
  expect(await readFile(join(folder, backfill?.fileName ?? ''), 'utf8')).toMatchInlineSnapshot(`
    "-- table: public.item
    -- batch: 1000
    update "public"."item" set price = /* what is its value for the rows that exist? */ where price is null;
    "
  `);
  expect(await (await as(New)).lint()).toEqual([]);
});

test('a required column waits for its backfill, whose value somebody has to write', async () => {
  const Old = defineEntity({ name: 'Item', properties: key });
  const New = defineEntity({ name: 'Item', properties: { ...key, title: p.text() } });
  const { client, folder, as } = await projectOf(Old);
  await client.query('insert into item values (1)');
  const { files } = await (await as(New)).create({ sql: true });
  const [expand, backfill, validate] = files;
  expect(validate?.code).toContain(
    `-- no-transaction\n-- requires-backfill: ${validate?.requiresBackfills?.join()}`,
  );
  const refused = await failure((await as(New)).up());
  expect(refused.message).toContain('requires the backfill');
  await (await as(New)).up({ to: expand?.fileName ?? '' });
  const again = await failure((await as(New)).create());
  expect(again.message).toContain(backfill?.fileName.replace('backfills/', ''));
  expect(await failure((await as(New)).backfill())).toMatchObject({ code: 'backfill-refused' });
  const path = join(folder, backfill?.fileName ?? '');
  await writeFile(path, (await readFile(path, 'utf8')).replace(/\/\*.*\*\//, `'item ' || id`));
  await (await as(New)).backfill();
  await (await as(New)).up();
  expect(await column(client, 'select title from item')).toEqual(['item 1']);
  expect(await (await as(New)).create()).toMatchObject({ files: [] });
});

test('a rename is not guessed, and the result says how to ask for it', async () => {
  const Old = defineEntity({ name: 'Item', properties: { ...key, note: p.text().index() } });
  const New = defineEntity({ name: 'Item', properties: { ...key, remark: p.text().index() } });
  const { client, folder, as } = await projectOf(Old);
  await client.query(`insert into item values (1, 'kept')`);
  const guess = await (await as(New)).create();
  expect(guess.leftovers).toContain('column:public.item.note');
  expect(guess.possibleRenames).toEqual(['column:public.item.note=remark']);
  for (const { fileName } of guess.files) await rm(join(folder, fileName));
  const { files, leftovers } = await (await as(New)).create({ rename: guess.possibleRenames });
  expect(leftovers).toEqual([]);
  expect(files.map(({ phase, statements }) => [phase, ...statements])).toMatchInlineSnapshot(`
    [
      [
        "rename",
        "alter table "public"."item" rename column "note" to "remark"",
        "alter index "public"."item_note_index" rename to "item_remark_index"",
      ],
    ]
  `);
  await (await as(New)).up();
  expect(await column(client, 'select remark from item')).toEqual(['kept']);
  expect(await (await as(New)).create()).toMatchObject({ files: [] });
  await (await as(New)).down();
  expect(await column(client, 'select note from item')).toEqual(['kept']);
});

test('a table is renamed with its keys', async () => {
  const Old = defineEntity({
    name: 'Note',
    properties: { ...key, text: p.text().unique(), at: p.datetime().index() },
  });
  const New = defineEntity({
    name: 'Remark',
    properties: { ...key, text: p.text().unique(), at: p.datetime().index() },
  });
  const { client, as, folder } = await projectOf(Old);
  await client.query(`insert into note values (1, 'kept', now())`);
  const guess = await (await as(New)).create();
  expect(guess.possibleRenames).toEqual(['table:public.note=remark']);
  for (const { fileName } of guess.files) await rm(join(folder, fileName));
  const { files } = await (await as(New)).create({ rename: guess.possibleRenames, reason: 'no traffic' });
  expect(files.map(({ phase, statements }) => [phase, ...statements])).toMatchInlineSnapshot(`
    [
      [
        "rename",
        "-- dms-lint ignore rename-object: no traffic
    alter table "public"."note" rename to "remark"",
        "alter index "public"."note_text_unique" rename to "remark_text_unique"",
        "alter index "public"."note_at_index" rename to "remark_at_index"",
      ],
    ]
  `);
  expect(await (await as(New)).lint()).toEqual([]);
  await (await as(New)).up();
  expect(await column(client, 'select text from remark')).toEqual(['kept']);
  expect(await (await as(New)).create()).toMatchObject({ files: [], leftovers: [] });
});

test('a type that needs another value for each row is refused, and written with single', async () => {
  const Old = defineEntity({ name: 'Item', properties: { ...key, size: p.integer(), name: p.string() } });
  const New = defineEntity({ name: 'Item', properties: { ...key, size: p.bigint(), name: p.text() } });
  const { folder, as } = await projectOf(Old);
  const { code, message } = await failure((await as(New)).create());
  expect(code).toBe('create-refused');
  expect(message).toContain('column-type-changed');
  const { files } = await (await as(New)).create({ single: true });
  expect(files.map(({ phase }) => phase)).toEqual(['single']);
  await rm(join(folder, files[0]?.fileName ?? ''));
  const Wider = defineEntity({ name: 'Item', properties: { ...key, size: p.integer(), name: p.text() } });
  const { diff } = await (await as(Wider)).create();
  expect(diff.up).toMatchInlineSnapshot(`
    [
      "alter table "item" alter column "name" type text using ("name"::text)",
    ]
  `);
});

test('a key that begins to number its rows', async () => {
  const Old = defineEntity({ name: 'Item', tableName: 'Odd item', properties: { ...key } });
  const New = defineEntity({
    name: 'Item',
    tableName: 'Odd item',
    properties: { id: p.integer().primary() },
  });
  const { client, as } = await projectOf(Old);
  await client.query('insert into "Odd item" values (7)');
  const { diff, files } = await (await as(New)).create();
  expect(files.map(({ phase }) => phase)).toEqual(['expand']);
  expect(diff.up).toMatchInlineSnapshot(`
    [
      "create sequence if not exists public."Odd item_id_seq" as integer owned by "Odd item".id",
      "select setval('public."Odd item_id_seq"'::regclass, coalesce((select max(id) from "Odd item"), 0) + 1, false)",
      "alter table "Odd item" alter column id set default nextval('public."Odd item_id_seq"'::regclass)",
    ]
  `);
  expect(await (await as(New)).lint()).toEqual([]);
  await (await as(New)).up();
  expect(await column(client, 'insert into "Odd item" default values returning id')).toEqual([8]);
  expect(await (await as(New)).create()).toMatchObject({ files: [] });
});

test('what replaces an index or a key is built beside it', async () => {
  const indexed = (columns: string[], unique: string[]) =>
    defineEntity({
      name: 'Item',
      properties: { ...key, a: p.integer(), b: p.integer() },
      indexes: [{ name: 'item_index', properties: columns as ['a'] }],
      uniques: [{ name: 'item_key', properties: unique as ['a'] }],
    });
  const { client, as } = await projectOf(indexed(['a'], ['b']));
  await client.query('insert into item values (1, 2, 3)');
  const next = indexed(['a', 'b'], ['b', 'a']);
  const { files } = await (await as(next)).create({ sql: true });
  expect(files.map(({ phase, code }) => [phase, code])).toMatchInlineSnapshot(`
    [
      [
        "indexes",
        "-- no-transaction

    create index concurrently item_index_new on "item" ("a", "b");
    drop index concurrently item_index;
    alter index public.item_index_new rename to item_index;
    create unique index concurrently item_key_new on item (b, a);
    ",
      ],
      [
        "validate",
        "-- no-transaction

    alter table "item" drop constraint "item_key", add constraint item_key unique using index item_key_new;
    ",
      ],
    ]
  `);
  expect(await (await as(next)).lint()).toEqual([]);
  await (await as(next)).up();
  expect(await (await as(next)).create()).toMatchObject({ files: [], leftovers: [] });
});

test('a change is reverted file by file', async () => {
  const Old = defineEntity({
    name: 'Item',
    properties: { ...key, code: p.text(), price: p.integer().nullable() },
  });
  const New = defineEntity({
    name: 'Item',
    properties: {
      ...key,
      code: p.text().unique(),
      price: p.integer().default(1),
      note: p.text().nullable().index(),
    },
    checks: [{ name: 'item_price_positive', expression: 'price > 0' }],
  });
  const Box = defineEntity({ name: 'Box', properties: { ...key, item: () => p.manyToOne(New) } });
  const { client, as } = await projectOf(Old);
  const schema = `select concat_ws(' ', relname, attname, attnotnull) from pg_attribute join pg_class c on c.oid = attrelid
    where relnamespace = 'public'::regnamespace and relname !~ 'migration' and attnum > 0 and not attisdropped
    union all select conname from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n' and conname !~ 'migration' order by 1`;
  const before = await column(client, schema);
  const { files } = await (await as(New, Box)).create();
  expect(files.map(({ phase }) => phase)).toEqual(['expand', 'indexes', 'backfill', 'validate']);
  await (await as(New, Box)).up({ runBackfills: true });
  expect(await column(client, schema)).not.toEqual(before);
  for (const { phase } of files) if (phase !== 'backfill') await (await as(New, Box)).down();
  expect(await column(client, schema)).toEqual(before);
  await (await as(New, Box)).up({ runBackfills: true });
  expect(await (await as(New, Box)).create()).toMatchObject({ files: [] });
});
