import { Client } from 'pg';
import { expect, test } from 'vitest';
import { openDatabase, openMigrator } from '../test/fixtures.ts';
import { type ListedMigration, migration } from '../test/migration.ts';

/**
 * How many texts the sessions of this process send to the server during `use`, in one round trip each; without the looks
 * at what a statement waits for, whose number depends on its time.
 */
async function roundTripsOf(use: () => Promise<unknown>): Promise<number> {
  const { query } = Client.prototype;
  let sent = 0;
  Client.prototype.query = function (this: Client, ...args: unknown[]) {
    if (!String(args[0]).includes('pg_blocking_pids')) sent++;
    return Reflect.apply(query, this, args);
  } as typeof query;
  try {
    await use();
  } finally {
    Client.prototype.query = query;
  }
  return sent;
}

const tables = migration('Migration1', ['create table item (id int)', 'create table other (id int)']);
const index = 'create index concurrently item_id on item (id)';

test.each<{ what: string; last: ListedMigration; roundTrips: number }>([
  { what: 'creates a table', last: migration('Migration9', ['create table new (id int)']), roundTrips: 7 },
  {
    what: 'creates a table and changes it',
    last: migration('Migration9', ['create table new (id int)', 'alter table new add name text']),
    roundTrips: 7,
  },
  {
    what: 'changes a table',
    last: migration('Migration9', ['alter table item add name text']),
    roundTrips: 10,
  },
  {
    what: 'changes two',
    last: migration('Migration9', ['alter table item add name text', 'alter table other add name text']),
    roundTrips: 10,
  },
  { what: 'builds an index concurrently', last: migration('Migration9', [index]), roundTrips: 11 },
])('a migration that $what costs $roundTrips round trips', async ({ last, roundTrips }) => {
  const cost = async (more: ListedMigration[]): Promise<number> => {
    const { url } = await openDatabase();
    await (await openMigrator(url, [tables])).up();
    const migrator = await openMigrator(url, [tables, migration('Migration2', ['select 1']), ...more]);
    return roundTripsOf(() => migrator.up());
  };
  expect((await cost([last])) - (await cost([]))).toBe(roundTrips);
});
