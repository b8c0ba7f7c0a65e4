import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Catalog } from './catalog.ts';
import { compareCatalogs, type CompareOptions } from './compare.ts';
import { describeDifference } from './describe-difference.ts';
import { readInTransaction } from './read-catalog.ts';

const schema = `
  create function keep() returns trigger language plpgsql as 'begin return null; end';
  create table log (id int, at date not null, note text) partition by range (at);
  create trigger keep before delete on log for each row execute function keep();
  create index log_at on log (at);
  create table log_2026 partition of log for values from ('2026-01-01') to ('2027-01-01');
  create table item (id int primary key, note text, price int);
`;
const rotated = `create table log_2027 partition of log for values from ('2027-01-01') to ('2028-01-01');`;
const partitions = [{ parent: 'public.log', name: 'public.log_*' }];

let client: Client;
let drop: () => Promise<void>;
let clean: Catalog;
beforeAll(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  client = new Client({ connectionString: database.url });
  await client.connect();
  clean = await after(schema);
});
afterAll(async () => {
  await client.end();
  await drop();
});

async function after(sql: string): Promise<Catalog> {
  await client.query('begin');
  try {
    await client.query(sql);
    return await readInTransaction(client);
  } finally {
    await client.query('rollback');
  }
}

/** Other tests change the roles of the same cluster. */
const only: CompareOptions['only'] = ({ kind }) => !['role', 'membership', 'parameter'].includes(kind);

async function lines(sql: string, options: CompareOptions = {}): Promise<string[]> {
  return compareCatalogs(clean, await after(schema + sql), { only, ...options }).map(describeDifference);
}

test('an exempt partition may come, and go', async () => {
  expect(await lines(rotated)).toEqual(['table public.log_2027: added (and 5 objects with it)']);
  expect(await lines(rotated, { partitions })).toEqual([]);
  expect(await lines('drop table log_2026', { partitions })).toEqual([]);
});

test('an exempt partition is as its parent', async () => {
  expect(await lines(`${rotated} alter table log_2027 disable trigger keep`, { partitions })).toEqual([
    'trigger keep of public.log_2027: enabled origin → disabled',
  ]);
  expect(await lines(`${rotated} alter table log_2027 set unlogged`, { partitions })).toEqual([
    'table public.log_2027: persistence none → unlogged',
  ]);
});

test.each([
  { name: 'a partition that both have', sql: 'alter table log_2026 disable trigger keep', found: 1 },
  { name: 'a partition of another name', sql: rotated.replace('log_2027', 'other_2027'), found: 1 },
  { name: 'a table of such a name', sql: 'create table log_2027 (id int)', found: 1 },
  {
    name: 'a partition of another table',
    sql: `create table public.more (at date) partition by range (at);
          create table log_more partition of more for values from ('2027-01-01') to ('2028-01-01')`,
    found: 1,
  },
  { name: 'the parent', sql: 'drop trigger keep on log', found: 1 },
])('$name is not exempt', async ({ sql, found }) => {
  expect(await lines(sql, { partitions })).toHaveLength(found);
});

test('a change of the parent counts once', async () => {
  expect(await lines('alter table log alter note type varchar(9)')).toEqual([
    'column note of public.log: type text → character varying(9) (and of 1 child)',
  ]);
});

test('the order of columns that both have', async () => {
  const sql = 'alter table item drop note; alter table item add note text, add more int';
  expect(await lines(sql)).toEqual([
    'column more of public.item: added',
    'table public.item: column order id, note, price → id, price, note',
  ]);
  expect(await lines(sql, { columnOrder: false })).toEqual(['column more of public.item: added']);
});

test('a difference as people read it', async () => {
  expect(
    await lines(`
      alter table item alter note set not null, alter note set default 'x';
      grant select on item to public;
      create or replace function keep() returns trigger language plpgsql as 'begin
        return old;
      end';
      create view v as select 1;
      alter table item rename price to "Price, net"`),
  ).toEqual([
    'column "Price, net" of public.item: added',
    `column note of public.item: default none → 'x'::text`,
    'column note of public.item: not null no → yes',
    'column price of public.item: removed',
    'function public.keep(): body line 1: begin return null; end → begin',
    'table public.item: privileges of public default → SELECT',
    'view public.v: added',
  ]);
});
