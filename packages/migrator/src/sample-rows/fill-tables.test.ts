import { expect, test } from 'vitest';
import { openDatabase, openMigrator } from '../../test/fixtures.ts';
import { migration } from '../../test/migration.ts';
import { fillTables } from './fill-tables.ts';

test('every kind of column, reference and check gets rows, and what gets none is said', async () => {
  const { client } = await openDatabase();
  await client.query(`
    create schema "Odd ""name""";
    create type mood as enum ('glad', 'it''s sad');
    create domain share as numeric(5,2) check (value between 0 and 1);
    create domain code as text not null check (value ~ '^[A-Z]{3}$');
    create table country (code char(2) primary key, name text not null, check (code = upper(code)));
    create table "Odd ""name"""."Person" (
      id uuid primary key, "e-mail" varchar(20) unique, mood mood not null, moods mood[] not null, share share, currency code,
      born date, seen timestamptz not null, took interval, data jsonb not null, raw bytea not null, at inet,
      small smallint not null, amount numeric(6,2) not null check (amount > 0 and amount <= 500), span tstzrange,
      country_code char(2) not null references country, boss_id uuid references "Odd ""name"""."Person");`);
  await client.query(`
    create table status_change (id bigint generated always as identity primary key, person_id uuid not null references "Odd ""name"""."Person",
      status text not null check (status in ('open', 'paid', 'sent')), note text check (length(note) = 3),
      total int not null, paid int not null, check (paid <= total), check ((status = 'paid') = (paid = total)),
      unique (person_id, status));
    create table event (id bigint not null, at timestamptz not null, primary key (id, at)) partition by range (at);
    create table event_2025 partition of event for values from ('2025-01-01') to ('2026-01-01');
    create table a (id serial primary key, b_id int);
    create table b (id serial primary key, a_id int not null references a);
    alter table a add foreign key (b_id) references b;
    create table pair (order_id int, line int, primary key (order_id, line));
    create table part (order_id int not null, line int not null, n int, foreign key (order_id, line) references pair);
    create table guarded (id int primary key);
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not today'; end $$;
    create trigger refuse before insert on guarded for each row execute function refuse();
    create table of_guarded (id int references guarded not null);
    create table impossible (id int check (id > 1 and id < 0) not null);
  `);
  const filled = await fillTables(client, 50);
  const byName = new Map(filled.map((each) => [each.table, each]));
  expect(filled.filter(({ rows }) => rows === 0).map(({ table }) => table)).toEqual(
    expect.arrayContaining(['public.guarded', 'public.of_guarded', 'public.impossible']),
  );
  expect(filled.filter(({ rows }) => rows === 0)).toHaveLength(3);
  expect(byName.get('public.guarded')?.problem).toBe('not today');
  expect(byName.get('public.of_guarded')?.problem).toContain('public.guarded');
  expect(byName.get('public.impossible')?.problem).toContain('CHECK');
  expect(filled).toHaveLength(11);
  // What has rows stays as it is.
  expect(await fillTables(client, 50)).toEqual(filled);
});

test('the tables of the migrator itself stay empty', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    migration('M1', ['create table item (id int primary key)'], ['drop table item']),
  ]);
  await migrator.up();
  await migrator.down();
  await client.query('create table item (id int primary key)');
  expect(await fillTables(client, 5)).toEqual([{ table: 'public.item', rows: 5 }]);
  expect(await migrator.info()).toMatchObject([{ name: 'M1', state: 'pending' }]);
});
