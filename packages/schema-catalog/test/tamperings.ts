/** Something that somebody has changed by hand. */
export interface Tampering {
  name: string;
  sql: string;
  /** Kind, identity and attribute of each difference, in order. */
  found: string[];
  /** The first version that has the statement. */
  since?: number;
}

/** On the schema of the fixture, in a transaction. */
export const tamperings: Tampering[] = [
  // Schemas
  { name: 'a schema more', sql: 'create schema extra', found: ['add schema extra'] },
  {
    name: 'a schema less',
    sql: 'drop schema shop cascade',
    found: ['remove schema shop', 'remove table shop.owned'],
  },
  {
    name: 'everybody may create in public',
    sql: 'grant create on schema public to public',
    found: ['schema public privileges of public'],
  },
  {
    name: 'owner of a schema',
    sql: 'alter schema shop owner to catalog_test_app',
    found: ['schema shop owner'],
  },
  // Tables
  {
    name: 'a table more',
    sql: 'create table extra (id serial primary key)',
    found: ['add table public.extra'],
  },
  {
    name: 'a table less',
    sql: 'drop table booking',
    found: ['remove table public.booking'],
  },
  { name: 'unlogged', sql: 'alter table log set unlogged', found: ['table public.log persistence'] },
  {
    name: 'owner of a table',
    sql: 'alter table item owner to catalog_test_owner',
    found: ['table public.item owner'],
  },
  {
    name: 'storage option',
    sql: 'alter table item set (fillfactor = 50)',
    found: ['table public.item option fillfactor'],
  },
  {
    name: 'another storage option',
    sql: 'alter table item set (autovacuum_enabled = off)',
    found: ['table public.item option autovacuum_enabled'],
  },
  {
    name: 'option of the toast table',
    sql: 'alter table item reset (toast.autovacuum_enabled)',
    found: ['table public.item toast option autovacuum_enabled'],
  },
  {
    name: 'row security off',
    sql: 'alter table log disable row level security',
    found: ['table public.log row security'],
  },
  {
    name: 'row security forced',
    sql: 'alter table log force row level security',
    found: ['table public.log row security of the owner'],
  },
  {
    name: 'replica identity full',
    sql: 'alter table item replica identity full',
    found: ['table public.item replica identity'],
  },
  {
    name: 'replica identity of an index',
    sql: 'alter table item replica identity using index item_pkey',
    found: ['table public.item replica identity'],
  },
  {
    name: 'grant to public',
    sql: 'grant all on item to public',
    found: ['table public.item privileges of public'],
  },
  {
    name: 'grant to a role',
    sql: 'grant delete on item to catalog_test_reader',
    found: ['table public.item privileges of catalog_test_reader'],
  },
  {
    name: 'grant option',
    sql: 'grant select on item to catalog_test_app with grant option',
    found: ['table public.item privileges of catalog_test_app'],
  },
  {
    name: 'revoke from a role',
    sql: 'revoke insert on item from catalog_test_app',
    found: ['table public.item privileges of catalog_test_app'],
  },
  {
    name: 'revoke from the owner',
    sql: 'revoke truncate on log from current_user',
    found: ['table public.log privileges of owner'],
  },
  {
    name: 'inheritance ended',
    sql: 'alter table child_item no inherit parent_item',
    found: [
      'column public.child_item.id inherited',
      'column public.child_item.id inherited only',
      'column public.child_item.note inherited',
      'column public.child_item.note inherited only',
      'table public.child_item inherits',
    ],
  },
  { name: 'comment', sql: `comment on table item is 'Sold'`, found: ['table public.item comment'] },
  {
    name: 'clustered on an index',
    sql: 'alter table item cluster on item_pkey',
    found: ['index public.item_pkey clustered'],
  },
  {
    name: 'other order of columns',
    sql: 'alter table booking drop room, add room int',
    found: ['table public.booking column order'],
  },
  // Partitions
  {
    name: 'a partition detached',
    sql: 'alter table event detach partition event_2027',
    found: [
      'table public.event_2027 inherits',
      'table public.event_2027 partition bound',
      'index public.event_2027_kind_idx inherits',
      'index public.event_2027_pkey inherits',
      'remove trigger public.event_2027.event_audit',
    ],
  },
  {
    name: 'a partition more',
    sql: `create table event_2028 partition of event for values from ('2028-01-01') to ('2029-01-01')`,
    found: ['add table public.event_2028'],
  },
  {
    name: 'a default partition',
    sql: 'create table event_rest partition of event default',
    found: ['add table public.event_rest', 'table public.event default partition'],
  },
  {
    name: 'a trigger of one partition disabled',
    sql: 'alter table event_2026 disable trigger event_audit',
    found: ['trigger public.event_2026.event_audit enabled'],
  },
  {
    name: 'a trigger of all partitions disabled',
    sql: 'alter table event disable trigger event_audit',
    found: ['trigger public.event.event_audit enabled'],
  },
  {
    name: 'a column of all partitions',
    sql: 'alter table event add more int',
    found: ['add column public.event.more'],
  },
  // Columns
  { name: 'a column more', sql: 'alter table item add extra int', found: ['add column public.item.extra'] },
  {
    name: 'a column less, with its index',
    sql: 'alter table item drop payload',
    found: ['remove column public.item.payload'],
  },
  {
    name: 'timestamptz to timestamp',
    sql: 'alter table item alter made_at type timestamp',
    found: ['column public.item.made_at type'],
  },
  {
    name: 'jsonb to json',
    sql: 'drop index item_payload_key; alter table item alter payload type json',
    found: ['column public.item.payload type', 'remove index public.item_payload_key'],
  },
  {
    name: 'precision',
    sql: 'alter table customer alter credit type numeric(14,2)',
    found: ['column public.customer.credit type'],
  },
  {
    name: 'collation',
    sql: `alter table parent_item alter note type text collate "C"`,
    found: ['column public.parent_item.note collation'],
  },
  {
    name: 'default',
    sql: 'alter table item alter price set default 1',
    found: ['column public.item.price default'],
  },
  {
    name: 'no default',
    sql: 'alter table item alter made_at drop default',
    found: ['column public.item.made_at default'],
  },
  {
    name: 'nullable',
    sql: 'alter table item alter price drop not null',
    found: ['column public.item.price not null'],
  },
  {
    name: 'not nullable',
    sql: 'alter table item alter note set not null',
    found: ['column public.item.note not null'],
  },
  {
    name: 'NOT NULL that is not valid',
    since: 18,
    sql: 'alter table item add constraint note_set not null note not valid',
    found: ['column public.item.note not null', 'column public.item.note not null not valid'],
  },
  {
    name: 'identity',
    sql: 'alter table customer alter id set generated by default',
    found: ['column public.customer.id identity'],
  },
  {
    name: 'identity dropped',
    sql: 'alter table customer alter id drop identity',
    found: ['column public.customer.id identity', 'remove sequence public.customer_id_seq'],
  },
  {
    name: 'generated column made plain',
    sql: 'alter table customer alter length drop expression',
    found: ['column public.customer.length default', 'column public.customer.length generated'],
  },
  {
    name: 'another generation',
    since: 17,
    sql: 'alter table customer alter length set expression as (1)',
    found: ['column public.customer.length default'],
  },
  {
    name: 'storage',
    sql: 'alter table item alter note set storage main',
    found: ['column public.item.note storage'],
  },
  {
    name: 'compression',
    sql: 'alter table item alter note set compression pglz',
    found: ['column public.item.note compression'],
  },
  {
    name: 'statistics target',
    sql: 'alter table item alter note set statistics 500',
    found: ['column public.item.note statistics target'],
  },
  {
    name: 'option of a column',
    sql: 'alter table item alter note reset (n_distinct)',
    found: ['column public.item.note option n_distinct'],
  },
  {
    name: 'grant on a column',
    sql: 'grant update (price) on item to catalog_test_reader',
    found: ['column public.item.price privileges of catalog_test_reader'],
  },
  {
    name: 'comment on a column',
    sql: 'comment on column item.note is null',
    found: ['column public.item.note comment'],
  },
  {
    name: 'type of a column of a composite type',
    sql: 'alter type address add attribute zip text cascade',
    found: ['add column public.address.zip'],
  },
  // Constraints
  {
    name: 'a check less',
    sql: 'alter table item drop constraint item_price_check',
    found: ['remove constraint public.item.item_price_check'],
  },
  {
    name: 'another check',
    sql: 'alter table item drop constraint item_price_check, add constraint item_price_check check (price > -1)',
    found: ['constraint public.item.item_price_check definition'],
  },
  {
    name: 'a check that is not valid',
    sql: 'alter table item drop constraint item_price_check, add constraint item_price_check check (price >= 0) not valid',
    found: ['constraint public.item.item_price_check not valid'],
  },
  {
    name: 'a check that is not enforced',
    since: 18,
    sql: 'alter table item drop constraint item_price_check, add constraint item_price_check check (price >= 0) not enforced',
    found: [
      'constraint public.item.item_price_check not enforced',
      'constraint public.item.item_price_check not valid',
    ],
  },
  {
    name: 'a foreign key less',
    sql: 'alter table item drop constraint item_customer_fkey',
    found: ['remove constraint public.item.item_customer_fkey'],
  },
  {
    name: 'another action of a foreign key',
    sql: 'alter table item drop constraint item_customer_fkey, add constraint item_customer_fkey foreign key (customer_id) references customer (id)',
    found: ['constraint public.item.item_customer_fkey definition'],
  },
  {
    name: 'a foreign key that is not valid',
    sql: 'alter table item drop constraint item_customer_fkey, add constraint item_customer_fkey foreign key (customer_id) references customer (id) on delete cascade not valid',
    found: ['constraint public.item.item_customer_fkey not valid'],
  },
  {
    name: 'a foreign key not enforced',
    since: 18,
    sql: 'alter table item alter constraint item_customer_fkey not enforced',
    found: [
      'constraint public.item.item_customer_fkey not enforced',
      'constraint public.item.item_customer_fkey not valid',
    ],
  },
  {
    name: 'a foreign key deferrable',
    sql: 'alter table item alter constraint item_customer_fkey deferrable initially deferred',
    found: [
      'constraint public.item.item_customer_fkey deferrable',
      'constraint public.item.item_customer_fkey initially deferred',
    ],
  },
  {
    name: 'all triggers disabled',
    sql: 'alter table item disable trigger all',
    found: [
      'constraint public.item.item_customer_fkey triggers not at origin',
      'trigger public.item.audit enabled',
    ],
  },
  {
    name: 'a unique constraint less, with its index',
    sql: 'alter table customer drop constraint customer_email_key',
    found: ['remove constraint public.customer.customer_email_key'],
  },
  {
    name: 'a check of a domain',
    sql: 'alter domain email drop constraint email_form',
    found: ['remove constraint public.email.email_form'],
  },
  {
    name: 'a domain that is not null',
    sql: 'alter domain email set not null',
    found: ['domain public.email not null'],
  },
  {
    name: 'a domain with a default',
    sql: `alter domain email set default 'x@y'`,
    found: ['domain public.email default'],
  },
  // Indexes
  { name: 'an index more', sql: 'create index extra on item (price)', found: ['add index public.extra'] },
  {
    name: 'an index less',
    sql: 'drop index item_note_index',
    found: ['remove index public.item_note_index'],
  },
  {
    name: 'operator class',
    sql: 'drop index item_note_index; create index item_note_index on item (note text_pattern_ops)',
    found: ['index public.item_note_index definition'],
  },
  {
    name: 'collation of an index',
    sql: 'drop index item_note_index; create index item_note_index on item (note collate "C")',
    found: ['index public.item_note_index definition'],
  },
  {
    name: 'another expression',
    sql: 'drop index item_lower_index; create index item_lower_index on item (upper(note)) where price > 0',
    found: ['index public.item_lower_index definition'],
  },
  {
    name: 'another predicate',
    sql: 'drop index item_lower_index; create index item_lower_index on item (lower(note)) where price > 1',
    found: ['index public.item_lower_index definition'],
  },
  {
    name: 'NULLS DISTINCT',
    sql: 'drop index item_payload_key; create unique index item_payload_key on item (payload)',
    found: ['index public.item_payload_key definition'],
  },
  {
    name: 'an invalid index',
    sql: `update pg_index set indisvalid = false where indexrelid = 'item_note_index'::regclass`,
    found: ['index public.item_note_index invalid'],
  },
  {
    name: 'an index that is not maintained',
    sql: `update pg_index set indisready = false where indexrelid = 'item_note_index'::regclass`,
    found: ['index public.item_note_index not maintained'],
  },
  {
    name: 'option of an index',
    sql: 'alter index item_note_index set (fillfactor = 60)',
    found: ['index public.item_note_index definition', 'index public.item_note_index option fillfactor'],
  },
  {
    name: 'statistics target of an index',
    sql: 'alter index item_lower_index alter 1 set statistics 700',
    found: ['add index column public.item_lower_index.lower'],
  },
  // Triggers, rules, policies
  {
    name: 'a trigger disabled',
    sql: 'alter table item disable trigger audit',
    found: ['trigger public.item.audit enabled'],
  },
  {
    name: 'a trigger on replicas',
    sql: 'alter table item enable replica trigger audit',
    found: ['trigger public.item.audit enabled'],
  },
  { name: 'a trigger less', sql: 'drop trigger audit on item', found: ['remove trigger public.item.audit'] },
  {
    name: 'a trigger with another function',
    sql: `create function other() returns trigger language plpgsql as 'begin return new; end';
          create or replace trigger audit before insert or update on item for each row when (new.price > 1) execute function other()`,
    found: ['add function public.other()', 'trigger public.item.audit definition'],
  },
  {
    name: 'a trigger with another timing',
    sql: 'create or replace trigger audit after insert or update on item for each row when (new.price > 1) execute function audit()',
    found: ['trigger public.item.audit definition'],
  },
  {
    name: 'a trigger with another WHEN',
    sql: 'create or replace trigger audit before insert or update on item for each row when (false) execute function audit()',
    found: ['trigger public.item.audit definition'],
  },
  {
    name: 'a rule more',
    sql: 'create rule quiet as on insert to item do instead nothing',
    found: ['add rule public.item.quiet'],
  },
  {
    name: 'a rule disabled',
    sql: 'alter table log disable rule log_only',
    found: ['rule public.log.log_only enabled'],
  },
  {
    name: 'another rule',
    sql: 'create or replace rule log_only as on delete to log do also nothing',
    found: ['rule public.log.log_only definition'],
  },
  { name: 'a policy less', sql: 'drop policy log_read on log', found: ['remove policy public.log.log_read'] },
  {
    name: 'another condition of a policy',
    sql: 'alter policy log_read on log using (true)',
    found: ['policy public.log.log_read using'],
  },
  {
    name: 'other roles of a policy',
    sql: 'alter policy log_read on log to public',
    found: ['policy public.log.log_read roles'],
  },
  {
    name: 'another check of a policy',
    sql: 'alter policy log_write on log with check (false)',
    found: ['policy public.log.log_write with check'],
  },
  {
    name: 'an event trigger enabled',
    sql: 'alter event trigger refuse_drops enable',
    found: ['event trigger refuse_drops enabled'],
  },
  {
    name: 'an event trigger more',
    sql: 'create event trigger extra on ddl_command_end execute function refuse()',
    found: ['add event trigger extra'],
  },
  // Routines
  {
    name: 'another body',
    sql: `create or replace function audit() returns trigger language plpgsql as 'begin return new; end'`,
    found: ['function public.audit() body'],
  },
  {
    name: 'SECURITY DEFINER',
    sql: 'alter function audit() security definer',
    found: ['function public.audit() security definer'],
  },
  {
    name: 'setting of a function',
    sql: 'alter function total(integer, text) set search_path = public',
    found: ['function public.total(integer, text) setting search_path'],
  },
  {
    name: 'volatility',
    sql: 'alter function total(integer, text) volatile',
    found: ['function public.total(integer, text) volatility'],
  },
  {
    name: 'strictness',
    sql: 'alter function total(integer, text) strict',
    found: ['function public.total(integer, text) strict'],
  },
  {
    name: 'leakproof',
    sql: 'alter function total(integer, text) leakproof',
    found: ['function public.total(integer, text) leakproof'],
  },
  {
    name: 'parallel safety',
    sql: 'alter function total(integer, text) parallel safe',
    found: ['function public.total(integer, text) parallel'],
  },
  {
    name: 'cost',
    sql: 'alter function total(integer, text) cost 5',
    found: ['function public.total(integer, text) cost'],
  },
  {
    name: 'execution granted',
    sql: 'grant execute on function total(integer, text) to public',
    found: ['function public.total(integer, text) privileges of public'],
  },
  {
    name: 'owner of a function',
    sql: 'alter function audit() owner to catalog_test_owner',
    found: ['function public.audit() owner'],
  },
  {
    name: 'default of an argument',
    sql: `create or replace function total(integer, note text default 'y') returns integer stable language sql set search_path = pg_catalog as 'select $1'`,
    found: ['function public.total(integer, text) arguments'],
  },
  {
    name: 'body of a standard function',
    sql: 'create or replace function atomic_total(a integer) returns integer language sql begin atomic select a + 2; end',
    found: ['function public.atomic_total(integer) body'],
  },
  {
    name: 'another procedure',
    sql: `create or replace procedure clean() language sql as 'select 2'`,
    found: ['procedure public.clean() body'],
  },
  {
    name: 'another aggregate',
    sql: `create or replace aggregate my_sum(integer) (sfunc = int4pl, stype = integer, initcond = '1')`,
    found: ['aggregate public.my_sum(integer) initial value'],
  },
  {
    name: 'a function in pg_catalog',
    sql: `create function pg_catalog.extra() returns int language sql as 'select 1'`,
    found: ['add function pg_catalog.extra()'],
  },
  {
    name: 'a built-in function granted',
    sql: 'grant execute on function pg_read_file(text) to catalog_test_app',
    found: ['add function pg_catalog.pg_read_file(text)'],
  },
  {
    name: 'a built-in catalog granted',
    sql: 'grant select on pg_authid to catalog_test_app',
    found: ['add table pg_catalog.pg_authid'],
  },
  // Sequences
  {
    name: 'increment',
    sql: 'alter sequence ticket increment 3',
    found: ['sequence public.ticket increment'],
  },
  { name: 'cycle', sql: 'alter sequence ticket cycle', found: ['sequence public.ticket cycle'] },
  { name: 'maximum', sql: 'alter sequence ticket maxvalue 1000', found: ['sequence public.ticket maximum'] },
  {
    name: 'increment of an identity',
    sql: 'alter table customer alter id set increment 7',
    found: ['sequence public.customer_id_seq increment'],
  },
  {
    name: 'owner column',
    sql: 'alter sequence ticket owned by item.price',
    found: ['sequence public.ticket owned by', 'sequence public.ticket owner'],
  },
  {
    name: 'usage of a sequence',
    sql: 'grant usage on sequence ticket to catalog_test_app',
    found: ['sequence public.ticket privileges of catalog_test_app'],
  },
  // Types
  { name: 'a label more', sql: `alter type status add value 'gone'`, found: ['enum public.status labels'] },
  {
    name: 'a label renamed',
    sql: `alter type status rename value 'paid' to 'payed'`,
    found: ['enum public.status labels'],
  },
  {
    name: 'usage of a type',
    sql: 'revoke usage on type status from public',
    found: ['enum public.status privileges of public'],
  },
  {
    name: 'owner of a type',
    sql: 'alter type status owner to catalog_test_owner',
    found: ['enum public.status owner'],
  },
  {
    name: 'a collation more',
    sql: `create collation swiss (provider = icu, locale = 'de-CH')`,
    found: ['add collation public.swiss'],
  },
  {
    name: 'an outdated collation',
    sql: `update pg_collation set collversion = '1' where collname = 'german'`,
    found: ['collation public.german version outdated'],
  },
  // Views
  {
    name: 'another view',
    sql: 'create or replace view open_item as select id, note from item',
    found: ['view public.open_item definition'],
  },
  {
    name: 'security of a view',
    sql: 'alter view open_item set (security_invoker = true)',
    found: ['view public.open_item option security_invoker'],
  },
  {
    name: 'default of a column of a view',
    sql: `alter view open_item alter note set default 'x'`,
    found: ['add view column public.open_item.note'],
  },
  {
    name: 'a materialized view without data',
    sql: 'refresh materialized view item_summary with no data',
    found: ['materialized view public.item_summary populated'],
  },
  // Operators, casts, text search, statistics
  {
    name: 'a cast more',
    sql: 'create cast (status as text) with inout as assignment',
    found: ['add cast public.status to text'],
  },
  {
    name: 'context of a cast',
    sql: `update pg_cast set castcontext = 'i' where castsource = 'status'::regtype`,
    found: ['cast public.status to integer context'],
  },
  {
    name: 'an operator less',
    sql: 'drop operator === (text, text)',
    found: ['remove operator public.===(pg_catalog.text,pg_catalog.text)'],
  },
  {
    name: 'estimator of an operator',
    sql: 'alter operator === (text, text) set (restrict = eqsel)',
    found: ['operator public.===(pg_catalog.text,pg_catalog.text) restriction estimator'],
  },
  {
    name: 'mapping of text search',
    sql: 'alter text search configuration shop_search alter mapping for asciiword with shop_stem',
    found: ['text search configuration public.shop_search mapping of asciiword'],
  },
  {
    name: 'dictionary of text search',
    sql: 'alter text search dictionary shop_stem (language = german)',
    found: ['text search dictionary public.shop_stem options'],
  },
  {
    name: 'statistics less',
    sql: 'drop statistics item_stats',
    found: ['remove statistics public.item_stats'],
  },
  {
    name: 'target of statistics',
    sql: 'alter statistics item_stats set statistics 300',
    found: ['statistics public.item_stats statistics target'],
  },
  {
    name: 'an operator family less',
    sql: 'drop operator family shop_family using btree',
    found: ['remove operator family public.shop_family USING btree'],
  },
  {
    name: 'a language trusted',
    sql: `create language other handler plpgsql_call_handler`,
    found: ['add language other'],
  },
  // Extensions, foreign data, replication
  {
    name: 'an extension less',
    sql: 'drop extension postgres_fdw cascade',
    found: [
      'remove extension postgres_fdw',
      'remove foreign server elsewhere',
      'remove foreign table public.remote_item',
      'remove user mapping catalog_test_app on elsewhere',
    ],
  },
  { name: 'an extension more', sql: 'create extension pgcrypto', found: ['add extension pgcrypto'] },
  {
    name: 'an older extension',
    sql: `update pg_extension set extversion = '1.5' where extname = 'citext'`,
    found: ['extension citext version'],
  },
  {
    name: 'a function of an extension granted away',
    sql: 'revoke execute on function citext_cmp(citext, citext) from public',
    found: ['add function public.citext_cmp(public.citext, public.citext)'],
  },
  {
    name: 'a publication wider',
    sql: 'alter publication changes set table item',
    found: ['published table changes: public.item columns', 'published table changes: public.item where'],
  },
  {
    name: 'a publication of deletes only',
    sql: `alter publication changes set (publish = 'delete')`,
    found: [
      'publication changes no insert',
      'publication changes no truncate',
      'publication changes no update',
    ],
  },
  {
    name: 'a publication more',
    sql: 'create publication extra for all tables',
    found: ['add publication extra'],
  },
  {
    name: 'a subscription of other publications',
    sql: 'alter subscription feed set publication near with (refresh = false)',
    found: ['subscription feed publications'],
  },
  { name: 'a subscription less', sql: 'drop subscription feed', found: ['remove subscription feed'] },
  {
    name: 'another connection of a subscription, which is a secret',
    sql: `alter subscription feed connection 'host=elsewhere password=secret'`,
    found: [],
  },
  {
    name: 'option of a server',
    sql: `alter server elsewhere options (set host 'evil.example')`,
    found: ['foreign server elsewhere option host'],
  },
  {
    name: 'usage of a server',
    sql: 'grant usage on foreign server elsewhere to public',
    found: ['foreign server elsewhere privileges of public'],
  },
  {
    name: 'option of a foreign table',
    sql: `alter foreign table remote_item options (set table_name 'other')`,
    found: ['foreign table public.remote_item option table_name'],
  },
  {
    name: 'option of a foreign column',
    sql: `alter foreign table remote_item alter id options (set column_name 'x')`,
    found: ['column public.remote_item.id foreign option column_name'],
  },
  {
    name: 'a user mapping more',
    sql: 'create user mapping for public server elsewhere',
    found: ['add user mapping public on elsewhere'],
  },
  // Roles, privileges, settings
  {
    name: 'default privileges',
    sql: 'alter default privileges for role catalog_test_owner in schema shop grant insert on tables to catalog_test_app',
    found: ['default privileges of catalog_test_owner on tables in shop privileges of catalog_test_app'],
  },
  {
    name: 'default privileges more',
    sql: 'alter default privileges for role catalog_test_owner grant select on tables to public',
    found: ['add default privileges of catalog_test_owner on tables'],
  },
  {
    name: 'a superuser',
    sql: 'alter role catalog_test_app superuser',
    found: ['role catalog_test_app superuser'],
  },
  {
    name: 'a role that bypasses row security',
    sql: 'alter role catalog_test_app bypassrls',
    found: ['role catalog_test_app bypass row security'],
  },
  {
    name: 'a role that may replicate',
    sql: 'alter role catalog_test_app replication',
    found: ['role catalog_test_app replication'],
  },
  {
    name: 'a role that creates roles',
    sql: 'alter role catalog_test_app createrole',
    found: ['role catalog_test_app create role'],
  },
  {
    name: 'a role that expires',
    sql: `alter role catalog_test_app valid until '2030-01-01'`,
    found: ['role catalog_test_app valid until'],
  },
  {
    name: 'member of the owner',
    sql: 'grant catalog_test_owner to catalog_test_app',
    found: ['add membership catalog_test_app in catalog_test_owner'],
  },
  {
    name: 'admin of a membership',
    sql: 'grant catalog_test_reader to catalog_test_app with admin option',
    found: ['membership catalog_test_app in catalog_test_reader admin'],
  },
  {
    name: 'a membership that may not be set',
    since: 16,
    sql: 'grant catalog_test_reader to catalog_test_app with set false, inherit false',
    found: [
      'membership catalog_test_app in catalog_test_reader no inherit',
      'membership catalog_test_app in catalog_test_reader no set',
    ],
  },
  {
    name: 'setting of a role',
    sql: 'alter role catalog_test_app set session_replication_role = replica',
    found: ['role catalog_test_app setting session_replication_role'],
  },
  {
    name: 'another value of a setting',
    sql: `alter role catalog_test_app set statement_timeout = 0`,
    found: ['role catalog_test_app setting statement_timeout'],
  },
  {
    name: 'setting of a role in this database',
    sql: 'do $$ begin execute format($f$alter role catalog_test_app in database %I set work_mem = $f$ || quote_literal($f$1GB$f$), current_database()); end $$',
    found: ['role catalog_test_app setting in this database work_mem'],
  },
  {
    name: 'setting of the database',
    sql: 'do $$ begin execute format($f$alter database %I set synchronous_commit = off$f$, current_database()); end $$',
    found: ['database (this) setting synchronous_commit'],
  },
  {
    name: 'connections to the database',
    sql: 'do $$ begin execute format($f$revoke connect on database %I from public$f$, current_database()); end $$',
    found: ['database (this) privileges of public'],
  },
  {
    name: 'connection limit of the database',
    sql: 'do $$ begin execute format($f$alter database %I connection limit 5$f$, current_database()); end $$',
    found: ['database (this) connection limit'],
  },
  {
    name: 'a parameter granted',
    sql: 'grant set on parameter log_statement to catalog_test_app',
    found: ['add parameter log_statement'],
  },
];
