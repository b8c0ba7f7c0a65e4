import { createTestDatabase, type TestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client, type DatabaseError } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { constraintCases } from '../test/constraint-cases.ts';
import { insertShopFixture } from '../test/shop-fixture.ts';
import { shopTemplate } from '../test/shop-database.ts';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase({ template: shopTemplate });
  client = new Client({ connectionString: database.url });
  await client.connect();
  await insertShopFixture(client);
});

afterAll(async () => {
  await client?.end();
  await database?.drop();
});

/** What refuses the statements: the name of the constraint or unique index, or the SQLSTATE. Nothing stays. */
async function refusal(sql: string): Promise<string> {
  await client.query('begin');
  try {
    await client.query(sql);
    return 'accepted';
  } catch (error) {
    const { constraint, code, message } = error as DatabaseError;
    return constraint ?? `${code}: ${message}`;
  } finally {
    await client.query('rollback');
  }
}

test.each(constraintCases)('%s refuses %s', async (constraint, sql) => {
  expect(await refusal(sql)).toBe(constraint);
});

test('every CHECK, exclusion and unique constraint has a case', async () => {
  const { rows } = await client.query<{ name: string }>(`
    select conname as name from pg_constraint
    where connamespace = 'public'::regnamespace and contype in ('c', 'x') and conrelid <> 'migration_ledger'::regclass
    union
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    where i.indisunique and not i.indisprimary and c.relnamespace = 'public'::regnamespace
      and i.indrelid <> 'migration_ledger'::regclass`);
  const covered = new Set(constraintCases.map(([constraint]) => constraint));
  expect(rows.map((row) => row.name).filter((name) => !covered.has(name))).toEqual([
    // The target of payment's foreign key; the primary key makes it unique.
    'sales_order_id_currency_code_unique',
  ]);
});

test('every foreign key has an index that begins with its columns', async () => {
  const { rows } = await client.query<{ conname: string }>(`
    select conname from pg_constraint k
    where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
      select from pg_index i
      where i.indrelid = k.conrelid and i.indpred is null
        and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)`);
  expect(rows).toEqual([]);
});
