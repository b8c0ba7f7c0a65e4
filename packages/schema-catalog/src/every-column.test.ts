import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client, DatabaseError } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture, fixtureRoles, fixtureSubscription, isOurs } from '../test/fixture.ts';
import type { Catalog } from './catalog.ts';
import { leftOutCatalogs } from './catalogs/others.ts';
import { sources } from './catalogs/sources.ts';
import { compareCatalogs } from './compare.ts';
import { readInTransaction } from './read-catalog.ts';
import { type CatalogColumn, readServerCatalogs } from './server-catalogs.ts';

/** Objects that the fixture has not, since no tampering is about them. */
const more = `
  create access method more_method type index handler bthandler;
  create language more_language handler plpgsql_call_handler;
  create foreign data wrapper more_wrapper options (a 'b');
  create conversion more_conversion for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
  create function more_compare(text, text) returns int immutable language sql as 'select 1';
  create operator class more_class for type text using btree as operator 1 <, operator 3 =,
    function 1 more_compare(text, text);
`;

/** Another value of a column, as SQL. */
const otherValues: Record<string, (column: string) => string> = {
  boolean: (column) => `not ${column}`,
  '"char"': (column) => `case ${column} when 'x' then 'y' else 'x' end`,
  smallint: (column) => `coalesce(${column}, 0) + 1`,
  integer: (column) => `coalesce(${column}, 0) + 1`,
  bigint: (column) => `${column} - 1`,
  real: (column) => `${column} + 1`,
  text: (column) => `coalesce(${column}, '') || 'z'`,
  'text[]': (column) => `array_append(coalesce(${column}, '{}'), 'q=1')`,
};

/** The rows whose columns are changed; of the other catalogs all that are not of initdb. */
const rows: Record<string, string> = {
  pg_aggregate: `aggfnoid = 'my_sum(int)'::regprocedure`,
  pg_attribute: `attrelid = 'item'::regclass and attname = 'note'`,
  pg_authid: `rolname like 'catalog_test_%'`,
  pg_auth_members: `member = 'catalog_test_app'::regrole`,
  pg_class: `oid in ('item'::regclass, 'item_summary'::regclass)`,
  pg_database: 'datname = current_database()',
  pg_db_role_setting: `setrole = 'catalog_test_app'::regrole`,
  pg_foreign_table: 'true',
  pg_index: `indexrelid = 'item_note_index'::regclass`,
  pg_partitioned_table: 'true',
  pg_range: `rngtypid = 'period'::regtype`,
  pg_sequence: `seqrelid = 'ticket'::regclass`,
  pg_ts_config_map: 'mapcfg >= 16384',
  pg_type: `oid in ('email'::regtype, 'status'::regtype)`,
};

const onlyOfBaseTypes = 'Only a library makes a type that it belongs to.';

/** Columns that are read, and cannot be changed here. */
const exceptions: Record<string, string> = {
  'pg_database.datcollversion': 'The locale of the test cluster has no version.',
  'pg_tablespace.spcoptions': 'No tablespace can be created in a transaction.',
  'pg_type.typlen': onlyOfBaseTypes,
  'pg_type.typbyval': onlyOfBaseTypes,
  'pg_type.typcategory': onlyOfBaseTypes,
  'pg_type.typispreferred': onlyOfBaseTypes,
  'pg_type.typdelim': onlyOfBaseTypes,
  'pg_type.typalign': onlyOfBaseTypes,
  'pg_type.typstorage': onlyOfBaseTypes,
};

let client: Client;
let drop: () => Promise<void>;
let clean: Catalog;
let columns: readonly CatalogColumn[];

beforeAll(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  client = new Client({ connectionString: database.url });
  await client.connect();
  for (const sql of [fixtureRoles, fixture, fixtureSubscription, more]) await client.query(sql);
  ({ columns } = await readServerCatalogs(client));
  await client.query('set allow_system_table_mods = on');
  clean = await readAfter('select 1');
});
afterAll(async () => {
  await client.query('drop subscription feed');
  await client.end();
  await drop();
});

async function readAfter(sql: string): Promise<Catalog> {
  await client.query('begin');
  try {
    await client.query(sql);
    return await readInTransaction(client);
  } finally {
    await client.query('rollback');
  }
}

function isCatalog(value: unknown): value is Catalog {
  if (value instanceof DatabaseError) return false;
  if (value instanceof Error) throw value;
  return true;
}

function isLeftOut({ catalog, column }: CatalogColumn): boolean {
  if (catalog in leftOutCatalogs) return true;
  return sources.some((source) => source.catalog === catalog && column in (source.leftOut ?? {}));
}

test('another value of any column that is read is a difference', { timeout: 180_000 }, async () => {
  const missed: string[] = [];
  let changed = 0;
  for (const each of columns) {
    const { catalog, column, type } = each;
    const otherValue = otherValues[type];
    const name = `${catalog}.${column}`;
    if (otherValue === undefined || isLeftOut(each) || name in exceptions) continue;
    const where = rows[catalog] ?? 'oid >= 16384';
    const sql = `update ${catalog} set ${column} = ${otherValue(column)} where ${where}`;
    // PostgreSQL itself refuses to read some values, such as a provider that does not exist: that is not silent either.
    const tampered = await readAfter(sql).catch((error: unknown) => error);
    if (isCatalog(tampered) && compareCatalogs(clean, tampered, { only: isOurs }).length === 0)
      missed.push(name);
    changed += 1;
  }
  expect(missed).toEqual([]);
  expect(changed).toBeGreaterThan(100);
});

test('a column that is left out, or has a name of ours, exists', () => {
  const known = new Set(columns.map(({ catalog, column }) => `${catalog}.${column}`));
  // Of versions before 18.
  for (const name of ['pg_attribute.attcacheoff', 'pg_collation.colliculocale', 'pg_database.daticulocale'])
    known.add(name);
  const named = sources.flatMap(({ catalog, columns = {}, leftOut = {} }) =>
    [...Object.keys(columns), ...Object.keys(leftOut)].map((column) => `${catalog}.${column}`),
  );
  expect([...named, ...Object.keys(exceptions)].filter((name) => !known.has(name))).toEqual([]);
  expect(
    Object.keys(leftOutCatalogs).filter((name) => !columns.some(({ catalog }) => catalog === name)),
  ).toEqual([]);
});
