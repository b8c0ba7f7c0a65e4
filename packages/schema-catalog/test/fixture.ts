import type { Fact } from '../src/catalog.ts';

/** Roles belong to the cluster, which other tests share: these names are ours. */
const rolePrefix = 'catalog_test_';

/** SQL that creates the roles of {@link fixture} unless they are there; one session at a time. */
export const fixtureRoles = `
  select pg_advisory_lock(hashtext('catalog test roles'));
  do $$ begin
    if not exists (select from pg_roles where rolname = 'catalog_test_owner') then
      create role catalog_test_owner;
      create role catalog_test_app login;
      create role catalog_test_reader nologin;
      alter role catalog_test_app set statement_timeout = '5s';
      grant catalog_test_reader to catalog_test_app;
    end if;
  end $$;
  select pg_advisory_unlock(hashtext('catalog test roles'));
`;

/** A schema with an object of each kind. */
export const fixture = `
  create extension citext;
  create extension postgres_fdw;
  create schema shop authorization catalog_test_owner;
  create type status as enum ('open', 'paid');
  create type address as (street text, city text);
  create domain email as text constraint email_form check (value like '%@%');
  create type period as range (subtype = date);
  create collation german (provider = icu, locale = 'de');
  create sequence ticket increment 2;
  create table customer (
    id bigint generated always as identity primary key,
    email email not null,
    name text collate "C" default 'nobody',
    born date,
    credit numeric(12,2),
    code citext,
    home address,
    state status not null default 'open',
    length integer generated always as (char_length(name)) stored,
    constraint customer_email_key unique (email)
  );
  create table item (
    id serial primary key,
    note text,
    payload jsonb,
    price numeric(12,2) not null default 0,
    made_at timestamptz not null default now(),
    customer_id bigint not null,
    constraint item_price_check check (price >= 0),
    constraint item_customer_fkey foreign key (customer_id) references customer (id) on delete cascade
  );
  create index item_note_index on item (note);
  create index item_lower_index on item (lower(note)) where price > 0;
  create unique index item_payload_key on item (payload) nulls not distinct;
  create statistics item_stats (dependencies) on note, price from item;
  create table booking (room int, during tsrange, exclude using gist (during with &&));
  create table parent_item (id int, note text);
  create table child_item (extra int) inherits (parent_item);
  create table event (id bigint, happened_at timestamptz not null, kind text, primary key (id, happened_at))
    partition by range (happened_at);
  create table event_2026 partition of event for values from ('2026-01-01') to ('2027-01-01');
  create table event_2027 partition of event for values from ('2027-01-01') to ('2028-01-01');
  create index event_kind on event (kind);
  create function audit() returns trigger language plpgsql as $f$ begin
    if new is null then return old; end if;
    return new;
  end $f$;
  create trigger audit before insert or update on item for each row when (new.price > 1) execute function audit();
  create trigger event_audit before insert on event for each row execute function audit();
  create function total(integer, note text default 'x') returns integer stable language sql
    set search_path = pg_catalog as 'select $1';
  create function atomic_total(a integer) returns integer language sql begin atomic select a + 1; end;
  create procedure clean() language sql as 'select 1';
  create aggregate my_sum(integer) (sfunc = int4pl, stype = integer, initcond = '0');
  create function text_same(text, text) returns boolean immutable language sql as 'select $1 = $2';
  create operator === (leftarg = text, rightarg = text, function = text_same);
  create function status_number(status) returns integer immutable language sql as 'select 1';
  create cast (status as integer) with function status_number(status);
  create view open_item as select id, note from item where price > 0;
  create materialized view item_summary as select count(*) as items from item;
  create table log (line text);
  create rule log_only as on delete to log do instead nothing;
  alter table log enable row level security;
  create policy log_read on log for select to catalog_test_app using (line <> '');
  create policy log_write on log as restrictive for insert with check (true);
  create publication changes for table item (id, note) where (id > 0);
  create publication everything for tables in schema shop;
  create server elsewhere foreign data wrapper postgres_fdw options (host 'db.example', dbname 'shop');
  create foreign table remote_item (id int options (column_name 'item_id')) server elsewhere options (table_name 'item');
  create user mapping for catalog_test_app server elsewhere options (user 'app', password 'hunter2');
  create text search configuration shop_search (copy = simple);
  create text search dictionary shop_stem (template = snowball, language = english);
  create operator family shop_family using btree;
  create function refuse() returns event_trigger language plpgsql as 'begin end';
  create event trigger refuse_drops on sql_drop when tag in ('DROP TABLE') execute function refuse();
  alter event trigger refuse_drops disable;
  alter default privileges for role catalog_test_owner in schema shop grant select on tables to catalog_test_reader;
  grant select (note) on item to catalog_test_reader;
  grant select, insert on item to catalog_test_app;
  revoke execute on function total(integer, text) from public;
  alter table item alter note set storage external, alter note set statistics 200, alter note set (n_distinct = 5),
    set (fillfactor = 80, toast.autovacuum_enabled = off);
  comment on table item is 'What is sold';
  comment on column item.note is 'Free text';
  create table shop.owned (id int);
  alter table shop.owned owner to catalog_test_owner;
`;

/** What a clone of a database does not have. */
export const fixtureSubscription = `
  create subscription feed connection 'host=nowhere password=hunter2' publication far with (connect = false, slot_name = none);
`;

/** Facts of other tests' roles come and go in the same cluster. */
export function isOurs({ kind, identity }: Fact): boolean {
  if (kind === 'parameter') return identity === 'log_statement';
  return ['role', 'membership', 'tablespace'].includes(kind) ? identity.startsWith(rolePrefix) : true;
}
