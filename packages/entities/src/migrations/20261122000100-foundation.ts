import { currencyRows } from './iso-4217.ts';
import { SqlMigration } from './sql-migration.ts';

/** Extensions, the functions that tables share, currencies and the table of legal status transitions. */
export class Foundation extends SqlMigration {
  protected override readonly upStatements = [
    // All three are trusted extensions: the owner of the database may create them.
    `create extension if not exists btree_gist`,
    `create extension if not exists ltree`,
    `create extension if not exists pg_trgm`,

    // PostgreSQL 18 has uuidv7() in pg_catalog. For older versions: 48 bits of milliseconds, then random bits.
    `do $$
begin
  if to_regprocedure('pg_catalog.uuidv7()') is null then
    create or replace function uuidv7() returns uuid
    language sql volatile parallel safe
    return encode(
      set_bit(set_bit(
        overlay(uuid_send(gen_random_uuid())
                placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
                from 1 for 6),
        52, 1), 53, 1),
      'hex')::uuid;
  end if;
end $$`,

    `create function set_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$`,

    // Ledgers and histories are append-only, also for their owner. Dropping a partition is not a DELETE.
    `create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, tg_op
    using errcode = 'restrict_violation', table = tg_table_name,
          hint = 'Append a row that corrects the wrong one.';
end $$`,

    `create table currency (
  code      text     not null,
  exponent  smallint not null,
  constraint currency_pkey primary key (code),
  constraint currency_code_check check (code ~ '^[A-Z]{3}$'),
  constraint currency_exponent_check check (exponent between 0 and 4)
)`,
    `comment on table currency is 'ISO 4217. Amounts are whole minor units: 1 unit = 10^exponent minor units.'`,
    `insert into currency (code, exponent) values\n${currencyRows()}`,

    `create table status_transition (
  machine      text not null,
  from_status  text not null,
  to_status    text not null,
  constraint status_transition_pkey primary key (machine, from_status, to_status),
  constraint status_transition_check check (from_status <> to_status and to_status <> 'new')
)`,
    `comment on table status_transition is 'The legal changes of status. From ''new'': a status that a row may begin in.'`,
    `insert into status_transition (machine, from_status, to_status) values
  ('cart',                'new',               'open'),
  ('cart',                'open',              'completed'),
  ('cart',                'open',              'merged'),
  ('cart',                'open',              'expired'),
  ('sales_order',         'new',               'pending'),
  ('sales_order',         'pending',           'confirmed'),
  ('sales_order',         'pending',           'cancelled'),
  ('sales_order',         'confirmed',         'partially_shipped'),
  ('sales_order',         'confirmed',         'shipped'),
  ('sales_order',         'confirmed',         'cancelled'),
  ('sales_order',         'partially_shipped', 'shipped'),
  ('sales_order',         'shipped',           'completed'),
  ('sales_order',         'shipped',           'returned'),
  ('sales_order',         'completed',         'returned'),
  ('stock_reservation',   'new',               'held'),
  ('stock_reservation',   'held',              'consumed'),
  ('stock_reservation',   'held',              'released'),
  ('stock_reservation',   'held',              'expired'),
  ('shipment',            'new',               'pending'),
  ('shipment',            'pending',           'shipped'),
  ('shipment',            'pending',           'cancelled'),
  ('shipment',            'shipped',           'delivered'),
  ('shipment',            'shipped',           'returned'),
  ('shipment',            'delivered',         'returned'),
  ('payment',             'new',               'pending'),
  ('payment',             'pending',           'authorized'),
  ('payment',             'pending',           'captured'),
  ('payment',             'pending',           'failed'),
  ('payment',             'pending',           'voided'),
  ('payment',             'authorized',        'captured'),
  ('payment',             'authorized',        'voided'),
  ('payment',             'captured',          'refunded'),
  ('payment_transaction', 'new',               'pending'),
  ('payment_transaction', 'pending',           'succeeded'),
  ('payment_transaction', 'pending',           'failed')`,

    // A state machine has the name of its table. A row begins in a status that follows 'new'.
    `create function check_status_transition() returns trigger language plpgsql as $$
declare
  old_status text := case tg_op when 'INSERT' then 'new' else old.status end;
begin
  if old_status = new.status
     or exists (select from status_transition
                where machine = tg_table_name and from_status = old_status and to_status = new.status) then
    return new;
  end if;
  raise exception '%: no transition from ''%'' to ''%''', tg_table_name, old_status, new.status
    using errcode = 'check_violation', schema = tg_table_schema, table = tg_table_name, column = 'status',
          constraint = tg_table_name || '_status_transition',
          hint = 'Table status_transition lists the legal ones.';
end $$`,
  ];

  protected override readonly downStatements = [
    `drop function check_status_transition(), refuse_change(), set_updated_at()`,
    `drop table status_transition, currency`,
    // The extensions stay: other tables of the database may use them.
    `drop function if exists public.uuidv7()`,
  ];
}
