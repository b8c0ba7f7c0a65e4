import type { LintMigration } from '../../src/lint/lint-statement.ts';

/** What an earlier release has made: in use, with rows. */
export const earlier = [
  'create table other (id int primary key)',
  `create table item (
    id int primary key,
    code text,
    name varchar(20),
    "Odd Name" int,
    kind text not null default 'a',
    price numeric(10,2),
    seen_at timestamp(3),
    seen_on timestamptz,
    network cidr,
    other_id int,
    constraint item_kind_check check (kind <> ''))`,
  'create table note (item_id int, body text, constraint note_body_check check (body is not null) not valid)',
  'alter table note validate constraint note_body_check',
  'create index item_code_index on item (code)',
  'create index item_name_index on item (name)',
  'create table reading (at timestamptz not null, place text, value int) partition by range (at)',
  "create table reading_1 partition of reading for values from ('2026-01-01') to ('2026-02-01')",
  "create table reading_2 partition of reading for values from ('2026-02-01') to ('2026-03-01')",
  'create table loose (at timestamptz not null, place text, value int)',
  'create materialized view price_view as select id, price from item',
  'create unique index price_view_id on price_view (id)',
  "create type mood as enum ('good', 'bad')",
  'create domain sku as text',
  'create table goods (sku sku)',
  'create view item_view as select id, code from item',
  "create function label(text) returns text immutable language sql as 'select upper($1)'",
  "create function touch() returns trigger language plpgsql as 'begin return new; end'",
  'create schema shop',
  'create table shop.till (id int primary key, owner text)',
  'create index till_owner on shop.till (owner)',
];

/** Statements by the rule that finds them; and such that look alike, and are all right. */
export interface RuleCases {
  found: string[];
  clean?: string[];
}

const long = 'a'.repeat(70);

export const cases: Record<string, RuleCases> = {
  'index-not-concurrent': {
    found: [
      'create index on item (kind)',
      'create index item_kind on item (kind)',
      'create unique index item_lower on item (lower(code)) include (kind) where code is not null',
      'create index if not exists item_kind on only item using hash (kind)',
      'create index till_owner_2 on shop.till (owner desc nulls last)',
      'create index reading_place on reading (place)',
      'create /* a comment */ index "Odd" on item ("Odd Name")',
    ],
    clean: [
      'create index concurrently item_kind on item (kind)',
      'create table new (id int); create index on new (id)',
      'create table if not exists new (id int); create index on new (id)',
      'create table new as select 1 as id; create index on new (id)',
      'create temp table item (id int); create index on item (id)',
      'create table "Item" (id int); create index on "Item" (id)',
      'create table public.new (id int); create index on new (id)',
    ],
  },
  'index-drop-not-concurrent': {
    found: [
      'drop index item_code_index',
      'drop index if exists item_code_index, item_name_index',
      'drop index shop.till_owner',
    ],
    clean: [
      'drop index concurrently item_code_index',
      'create table new (id int); create index new_id on new (id); drop index new_id',
    ],
  },
  'reindex-not-concurrent': {
    found: ['reindex table item', 'reindex (verbose) index item_code_index', 'reindex schema shop'],
    clean: ['reindex table concurrently item', 'reindex (concurrently) index item_code_index'],
  },
  'concurrent-if-not-exists': {
    found: ['create index concurrently if not exists item_kind on item (kind)'],
    clean: ['create index concurrently item_kind on item (kind)'],
  },
  'duplicate-index': {
    found: ['create index concurrently item_code_again on item (code)'],
    clean: [
      'create index concurrently item_code_desc on item (code desc)',
      'create unique index concurrently item_code_unique on item (code)',
      "create index concurrently item_code_some on item (code) where kind = 'a'",
    ],
  },
  'foreign-key-validated': {
    found: [
      'alter table item add constraint item_other foreign key (other_id) references other (id)',
      'alter table item add foreign key (other_id) references other on delete cascade deferrable initially deferred',
      'alter table item add column second_id int references other (id)',
      'alter table item add column second_id int constraint second references other (id) on delete set null, add column third int',
      "alter table only item add constraint a foreign key (other_id) references other, add constraint b check (price > 0), add c text default 'x' not null",
      'create table new (id int, other_id int); insert into new select 1, 2 where false; alter table new add foreign key (other_id) references other',
    ],
    clean: [
      'alter table item add constraint item_other foreign key (other_id) references other (id) not valid',
      'create table new (id int, other_id int references other)',
      'create table new (id int, other_id int); alter table new add foreign key (other_id) references other (id)',
    ],
  },
  'check-validated': {
    found: [
      'alter table item add constraint item_price check (price >= 0)',
      'alter table item add check (price >= 0)',
      'alter table item -- of the shop\n add constraint c check (price > 0) -- not negative\n, /* two */ add size int /* big */ check (size > 0) -- as well',
      'alter table item add check (price >= 0 and id > 0)',
      'alter table item add column size int check (size > 0)',
      "alter table item add column size int not null default 1 constraint size_ok check (size > 0), add check (code <> '')",
      "alter table item drop constraint item_kind_check, add constraint item_kind_check check (kind in ('a', 'b'))",
    ],
    clean: [
      'alter table item add constraint item_price check (price >= 0) not valid',
      'create table new (id int); alter table new add check (id > 0)',
      'alter table item add column size int',
    ],
  },
  'unique-key-built': {
    found: [
      'alter table item add constraint item_code_key unique (code)',
      'alter table item add unique (code, kind)',
      'alter table item add constraint u unique nulls not distinct (code) include (name) with (fillfactor = 70)',
      'alter table item add constraint u unique (code) deferrable initially deferred',
      'alter table item add column sku text unique',
      'alter table item drop constraint item_pkey, add constraint item_pkey primary key (id, kind)',
      'alter table loose add primary key (at, place)',
      'alter table note add constraint note_pkey primary key (item_id)',
      'alter table shop.till add unique (owner)',
    ],
    clean: [
      'create table new (id int); alter table new add primary key (id)',
      'alter table item drop constraint item_kind_check',
    ],
  },
  'primary-key-nullable': {
    found: [
      'create unique index concurrently note_key on note (item_id); alter table note add primary key using index note_key',
    ],
    clean: [
      'create unique index concurrently note_key on note (body); alter table note add primary key using index note_key',
    ],
  },
  'exclusion-built': {
    found: ["alter table item add constraint e exclude using btree (code with =) where (kind = 'a')"],
    clean: ['create table new (id int); alter table new add exclude using btree (id with =)'],
  },
  'not-null-scan': {
    found: [
      'alter table item alter column code set not null',
      'alter table item alter code set not null, alter kind set default null',
      'alter table item alter "Odd Name" set not null',
    ],
    clean: [
      'alter table note alter column body set not null',
      'alter table item alter column kind set not null',
      'create table new (id int); alter table new alter id set not null',
    ],
  },
  'required-column': {
    found: [
      'alter table item add column size int not null',
      'alter table item add size int constraint filled not null check (size > 0)',
    ],
    clean: [
      'alter table item add column size int not null default 10',
      'alter table item add column size int default 10 not null; alter table item alter size drop default',
      'create table new (id int); alter table new add size int not null',
    ],
  },
  'domain-constraint-validated': {
    found: [
      "alter domain sku add constraint sku_filled check (value <> '')",
      "alter domain sku add check (value <> '') -- filled",
      'alter domain sku set not null',
    ],
    clean: [
      "alter domain sku add constraint sku_filled check (value <> '') not valid",
      "create domain fresh as text; alter domain fresh add check (value <> '')",
    ],
  },
  'volatile-default': {
    found: [
      'alter table item add column token uuid default gen_random_uuid()',
      'alter table item add column token uuid not null default gen_random_uuid(), add size int',
      'alter table item add column token uuid not null default gen_random_uuid() unique',
      'alter table item add column number serial',
      'alter table shop.till add column number bigserial not null',
      'alter table item add column at timestamptz default clock_timestamp()',
    ],
    clean: [
      'alter table item add column at timestamptz default now()',
      'alter table item add column at timestamptz not null default current_timestamp',
      "alter table item add column data jsonb default '{}'::jsonb",
      "alter table item add column data jsonb default jsonb_build_object('a', 1)",
      'alter table item add column size int default 2 + 2',
      "alter table item add column feeling mood default 'good'",
      "alter table item add column caption text default label('x')",
      'alter table item add column token uuid; alter table item alter token set default gen_random_uuid()',
    ],
  },
  'identity-added': {
    found: ['alter table item add column number bigint generated always as identity'],
    clean: ['create table new (id int); alter table new add number bigint generated by default as identity'],
  },
  'stored-column-added': {
    found: ['alter table item add column twice numeric generated always as (price * 2) stored'],
    clean: ['create table new (id int, twice int generated always as (id * 2) stored)'],
  },
  'column-type-changed': {
    found: [
      'alter table item alter id type bigint',
      'alter table item alter name type varchar(10)',
      'alter table item alter code type varchar(20)',
      'alter table item alter price type numeric(9,2)',
      'alter table item alter price type numeric(12,4)',
      'alter table item alter seen_at type timestamp(1)',
      'alter table item alter code type text using upper(code)',
      'alter table item alter price type int using price::int',
      'alter table item alter network type text',
      'alter table item alter seen_on type text',
    ],
    clean: [
      'alter table item alter name type varchar(21)',
      'alter table item alter name type varchar',
      'alter table item alter name type text using name::text',
      'alter table item alter code type varchar',
      'alter table item alter price type numeric(11,2)',
      'alter table item alter price type numeric',
      'alter table item alter seen_at type timestamp(6)',
      'alter table item alter seen_at type timestamp',
      'alter table item alter network type inet',
      'create table new (id int); alter table new alter id type bigint',
    ],
  },
  'table-rewritten': {
    found: ['alter table item set unlogged', 'alter table item set tablespace pg_default'],
    clean: ['alter table item set (fillfactor = 70)', 'alter table item alter code set storage external'],
  },
  'vacuum-full': {
    found: ['vacuum full item', 'vacuum (full, analyze) item', 'vacuum full'],
    clean: ['vacuum item', 'vacuum (full off) item', 'analyze item'],
  },
  cluster: {
    found: ['cluster item using item_pkey', 'cluster'],
    clean: ['alter table item cluster on item_pkey'],
  },
  'refresh-not-concurrent': {
    found: ['refresh materialized view price_view', 'refresh materialized view price_view with no data'],
    clean: [
      'refresh materialized view concurrently price_view',
      'create materialized view v as select 1 as a; refresh materialized view v',
    ],
  },
  'drop-table': {
    found: ['drop table note', 'drop table if exists shop.till, note'],
    clean: ['create table new (id int); drop table new'],
  },
  'drop-column': {
    found: ['alter table item drop column price', 'alter table item drop if exists price, drop name'],
    clean: [
      'alter table item add column size int; alter table item drop column size',
      'create table new (id int, a int); alter table new drop a',
    ],
  },
  'drop-schema': { found: ['drop schema shop', 'drop owned by current_user'], clean: ['create schema more'] },
  'drop-cascade': {
    found: [
      'drop function label(text) cascade',
      'alter table item drop constraint item_pkey cascade',
      'drop type mood cascade',
    ],
    clean: ['drop function label(text)', 'create table new (id int); drop table new cascade'],
  },
  truncate: {
    found: ['truncate note', 'truncate table item cascade'],
    clean: ['create table new (id int); truncate new'],
  },
  'whole-table-written': {
    found: [
      'update item set price = 0',
      'delete from note',
      'delete from note where true',
      'update item set price = 0 where 1 = 1 and not false',
      'with gone as (delete from note returning item_id) select count(*) from gone',
      'with a as (select 1), b as (update only item set price = 0 returning id) insert into other select id from b',
      'explain (analyze, verbose) delete from note',
      'do $$ begin delete from note where 1 = 1; end $$',
    ],
    clean: [
      'update item set price = 0 where price is null',
      'delete from note where item_id in (select id from other)',
      "delete from note where body = 'x'",
      'explain delete from note',
      'with gone as (delete from note where item_id = 1 returning *) select * from gone',

      'update item set price = 0 where id = 1',
      'create table new (id int); update new set id = 1',
      'delete from note using item where item.id = note.item_id',
    ],
  },
  'rename-column': {
    found: ['alter table item rename column name to title'],
    clean: [
      'create table new (a int); alter table new rename a to b',
      'alter table item rename constraint item_kind_check to item_kind_ok',
    ],
  },
  'rename-object': {
    found: [
      'alter table item rename to product',
      'alter type mood rename to feeling',
      'alter view item_view rename to v',
      'alter schema shop rename to store',
    ],
    clean: [
      'alter index item_code_index rename to item_code',
      'create table new (a int); alter table new rename to newer',
    ],
  },
  'schema-changed': {
    found: ['alter table item set schema shop'],
    clean: ['create table new (a int); alter table new set schema shop'],
  },
  'enum-value-renamed': {
    found: ["alter type mood rename value 'good' to 'fine'"],
    clean: ["alter type mood add value 'fine'"],
  },
  'not-null-dropped': {
    found: ['alter table item alter kind drop not null'],
    clean: ['alter table item alter kind drop default'],
  },
  'drop-view': {
    found: ['drop view item_view', 'drop materialized view price_view'],
    clean: [
      'drop view item_view; create view item_view as select id from item',
      'create or replace view item_view as select id, code from item',
    ],
  },
  'drop-object': {
    found: [
      'drop function label(text)',
      'drop function if exists public."label"',
      'drop type mood',
      'drop domain sku',
      'drop sequence item_seq',
      'drop extension pg_trgm',
      'do $$ begin drop type mood; end $$',
      'drop type mood, sku; create type mood as enum ()',
    ],
    clean: [
      "drop function label(text); create function label(text, text default '') returns text language sql as 'select $1'",
      "create type made as enum ('a'); drop type made",
      'create sequence made; drop sequence made',
      "create function made() returns int language sql as 'select 1'; drop function made()",
      'drop type mood; create type public.mood as enum ()',
      'drop trigger if exists touched on item',
      'drop function touch()',
    ],
  },
  'trigger-disabled': {
    found: ['alter table item disable trigger all', 'alter table item disable trigger user'],
    clean: ['alter table item enable trigger all'],
  },
  'transaction-control': { found: ['begin', 'commit'], clean: ['savepoint a'] },
  'lock-table': {
    found: ['lock table item', 'lock table item in share mode'],
    clean: ['lock table item in row exclusive mode', 'create table new (id int); lock table new'],
  },
  'detach-not-concurrent': {
    found: ['alter table reading detach partition reading_1'],
    clean: [
      'alter table reading detach partition reading_1 concurrently',
      'alter table reading detach partition reading_1 finalize',
    ],
  },
  'attach-scans': {
    found: ["alter table reading attach partition loose for values from ('2026-03-01') to ('2026-04-01')"],
    clean: [
      "create table fresh (like reading); alter table reading attach partition fresh for values from ('2026-04-01') to ('2026-05-01')",
    ],
  },
  'name-too-long': {
    found: [`create table ${long} (id int)`, `alter table item add column "${'é'.repeat(40)}" int`],
    clean: [`create table ${long.slice(0, 63)} (id int)`, `insert into other select 1 where '${long}' = ''`],
  },
  'column-assigned-twice': {
    found: ['update item set price = 1, price = 2 where id = 1', 'insert into other (id, id) values (1, 2)'],
    clean: ['update item set price = 1, code = 2 where id = 1'],
  },
  undecided: {
    found: [
      "do $$ begin execute format('drop table %I', 'a'); end $$",
      'do language sql $$ select 1 $$',
      'call work()',
      'select work()',
      'select shop.format(name) from item',
      'select * from work() as done',
      "select label('a'), work('b')",
      'do $$ begin perform work(); end $$',
      'do $$ declare n int; begin n := work(); end $$',
      'do $$ begin if work() then null; end if; end $$',
      'prepare p as select 1; execute p',
      "create function upper(text) returns text language sql as 'delete from item returning code'; select upper('a')",
    ],
    clean: [
      'do $$ begin if true then create table made (id int); end if; end $$',
      "select setval('item_seq', max(id)) from item",
      "select set_config('a.b', 'c', true), pg_advisory_xact_lock(1), pg_catalog.now()",
      "select label('a')",
      "do $$ begin perform set_config('a.b', 'c', true); end $$",
      'do $$ begin perform 1 from item limit 1; end $$',
      'do $$ declare n int; begin n := (select count(*) from item); if n > 0 then n := n + 1; end if; end $$',
      "do $$ begin if not exists (select from pg_type where typname = 'a') then create type a as enum (); end if; end $$",
    ],
  },
  'timestamp-without-zone': {
    found: ['create table new (at timestamp)', 'alter table item add at timestamp(3)'],
    clean: ['create table new (at timestamptz)'],
  },
  'json-type': { found: ['alter table item add data json'], clean: ['alter table item add data jsonb'] },
  'char-type': {
    found: ['create table new (a char(3))', 'alter table item add a character'],
    clean: ['create table new (a text, b "char")'],
  },
  'small-key': { found: ['create table new (id int)'], clean: ['create table new (id bigint)'] },
  'varchar-limit': {
    found: ['create table new (a varchar(3))'],
    clean: ['create table new (a varchar, b text)'],
  },
  'serial-type': {
    found: ['create table new (id bigserial)'],
    clean: ['create table new (id bigint generated always as identity)'],
  },
  'domain-with-constraint': {
    found: ["create domain d as text check (value <> '')"],
    clean: ['create domain d as text'],
  },
  'enum-value-unordered': {
    found: ["alter type mood add value 'fine'"],
    clean: ["alter type mood add value 'fine' after 'good'"],
  },
  'wide-index': {
    found: ['create index concurrently i on item (id, code, name, kind)'],
    clean: ['create index concurrently i on item (id, code, name)'],
  },
};

/** Rules of what one transaction holds together: these run in one. */
export const transactionCases: Record<string, RuleCases> = {
  'outside-transaction-only': {
    found: ['create index concurrently item_kind on item (kind)', 'vacuum item'],
    clean: ['create table new (id int)'],
  },
  'validated-in-transaction': {
    found: [
      'alter table item add constraint item_price check (price >= 0) not valid; alter table item validate constraint item_price',
      'alter table item add constraint o foreign key (other_id) references other not valid; alter table item validate constraint o',
    ],
    clean: [
      'alter table item add constraint item_price check (price >= 0) not valid',
      'alter table note validate constraint note_body_check',
    ],
  },
  'lock-held': {
    found: [
      'alter table item add column size int; update item set size = 1 where size is null',
      'alter table item add column size int; create table copy (id int); insert into copy select id from item',
    ],
    clean: [
      'update item set price = 1 where id = 1',
      'create table copy (id int); insert into copy select id from item',
      'alter table item add column size int; insert into other values (1)',
    ],
  },
  'enum-value-in-transaction': {
    found: ["alter type mood add value 'fine'; create table new (m mood default 'fine')"],
    clean: [
      "alter type mood add value 'fine'",
      "create type e as enum ('a'); alter type e add value 'b'; create table new (m e default 'b')",
    ],
  },
};

/** The earlier release, and then a migration of one query. */
export function history(query: string, transactional = false): LintMigration[] {
  return [
    { name: 'Migration1', transactional: true, queries: earlier },
    { name: 'Migration2', transactional, queries: [query] },
  ];
}
