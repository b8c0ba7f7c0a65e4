import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import {
  array,
  assert,
  asyncProperty,
  boolean,
  constantFrom,
  integer,
  type Arbitrary,
  record,
} from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Catalog } from './catalog.ts';
import { compareCatalogs } from './compare.ts';
import { readManifest, writeManifest } from './manifest.ts';
import { readInTransaction } from './read-catalog.ts';

const column = record({
  type: constantFrom('int', 'text', 'numeric(9,3)', 'timestamptz', 'jsonb', 'text[]', 'status', 'uuid'),
  isRequired: boolean(),
  hasDefault: boolean(),
  isIndexed: boolean(),
});
type Column = typeof column extends Arbitrary<infer Value> ? Value : never;

const table = record({
  columns: array(column, { minLength: 1, maxLength: 6 }),
  isUnlogged: boolean(),
  hasRowSecurity: boolean(),
  refersTo: integer({ min: 0, max: 9 }),
  trigger: boolean(),
  fillfactor: constantFrom('', 'with (fillfactor = 70)'),
});
const model = array(table, { minLength: 1, maxLength: 4 });
type Model = typeof model extends Arbitrary<infer Value> ? Value : never;

const defaults: Record<string, string> = {
  int: '7',
  text: `'a'`,
  'numeric(9,3)': '1.5',
  timestamptz: 'now()',
  jsonb: `'{}'`,
  'text[]': `'{}'`,
  status: `'open'`,
  uuid: 'gen_random_uuid()',
};

function columnSql({ type, isRequired, hasDefault }: Column, name: string): string {
  return [name, type, isRequired && 'not null', hasDefault && `default ${defaults[type]}`]
    .filter(Boolean)
    .join(' ');
}

function statementsOf(tables: Model): string[] {
  return [
    `create type status as enum ('open', 'paid')`,
    `create function touch() returns trigger language plpgsql as 'begin return new; end'`,
    ...tables.flatMap(({ columns, isUnlogged, hasRowSecurity, refersTo, trigger, fillfactor }, n) => [
      `create ${isUnlogged ? 'unlogged' : ''} table t${n} (id serial primary key, ${columns
        .map((each, at) => columnSql(each, `c${at}`))
        .join(', ')}) ${fillfactor}`,
      ...(hasRowSecurity
        ? [`alter table t${n} enable row level security`, `create policy own on t${n} using (id > 0)`]
        : []),
      // A logged table may not refer to an unlogged one.
      ...(refersTo < n && !tables[refersTo]?.isUnlogged
        ? [`alter table t${n} add other int constraint t${n}_other_fkey references t${refersTo}`]
        : []),
      ...(trigger
        ? [`create trigger touch before update on t${n} for each row execute function touch()`]
        : []),
      ...columns.flatMap(({ isIndexed }, at) =>
        isIndexed ? [`create index t${n}_c${at}_index on t${n} (c${at})`] : [],
      ),
    ]),
  ];
}

/** Each of them changes whatever the model is. */
const tampering = constantFrom(
  'drop trigger if exists touch on t0; create trigger tamper after delete on t0 for each row execute function touch()',
  'alter table t0 drop c0',
  'alter table t0 add extra int',
  'alter table t0 alter c0 set statistics 77',
  'alter table t0 rename c0 to renamed',
  'alter table t0 set (fillfactor = 33)',
  'grant select on t0 to public',
  'create index tamper on t0 (id, c0)',
  'alter table t0 force row level security',
  'alter sequence t0_id_seq increment 3',
  'alter function touch() security definer',
  `create or replace function touch() returns trigger language plpgsql as 'begin return null; end'`,
  `alter type status add value 'gone'`,
  'create rule tamper as on insert to t0 do also nothing',
  'alter table t0 add constraint tamper check (id > 0) not valid',
  'alter table t0 replica identity full',
);

let client: Client;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await drop();
});

async function catalogAfter(statements: readonly string[]): Promise<Catalog> {
  await client.query('begin');
  try {
    await client.query(statements.join(';\n'));
    return await readInTransaction(client);
  } finally {
    await client.query('rollback');
  }
}

/** Other tests change the roles of the same cluster. */
const only = ({ kind }: { kind: string }): boolean =>
  !['role', 'membership', 'parameter', 'tablespace'].includes(kind);

test('the same DDL makes the same facts, and any change of it another', { timeout: 120_000 }, async () => {
  await assert(
    asyncProperty(model, tampering, async (tables, change) => {
      const statements = statementsOf(tables);
      const one = await catalogAfter(statements);
      const other = await catalogAfter(statements);
      expect(compareCatalogs(one, other, { only })).toEqual([]);
      expect(compareCatalogs(one, readManifest(writeManifest(other)), { only })).toEqual([]);
      const tampered = await catalogAfter([...statements, change]);
      expect(compareCatalogs(one, tampered, { only })).not.toEqual([]);
    }),
    { numRuns: 60 },
  );
});
