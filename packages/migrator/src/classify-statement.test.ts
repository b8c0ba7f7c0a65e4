import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { classifyStatement, type StatementTraits } from './classify-statement.ts';
import { parseStatements } from './parse-statements.ts';

const outside = {
  'create unique index concurrently a on t (x)': 'CREATE INDEX CONCURRENTLY',
  'drop index concurrently if exists s.a': 'DROP INDEX CONCURRENTLY',
  'reindex (verbose, concurrently) index a': 'REINDEX CONCURRENTLY',
  'reindex (concurrently on) database': 'REINDEX CONCURRENTLY',
  'reindex schema s': 'REINDEX of a schema or database',
  'vacuum full t': 'VACUUM',
  'alter table t detach partition p concurrently': 'DETACH PARTITION CONCURRENTLY',
  'create database d': 'CREATE DATABASE',
  'drop database d with (force)': 'DROP DATABASE',
  'alter database d set tablespace x': 'ALTER DATABASE SET TABLESPACE',
  'alter system set work_mem = 1': 'ALTER SYSTEM',
  "create tablespace x location '/x'": 'CREATE TABLESPACE',
  cluster: 'CLUSTER of all tables',
  'discard all': 'DISCARD ALL',
};
const inside = [
  'create index a on t (x)',
  'drop index a',
  'reindex table t',
  'reindex (concurrently off) table t',
  'reindex (concurrently 0) table t',
  'analyze t',
  'cluster t using a',
  'alter table t add x int',
  'alter table t detach partition p',
  'alter table t detach partition p finalize',
  'alter database d connection limit 1',
  'discard plans',
  'refresh materialized view concurrently v',
  "comment on table t is 'create index concurrently'",
  "do $$ begin execute 'vacuum'; end $$",
  'savepoint a',
];

async function traitsOf(sql: string): Promise<StatementTraits[]> {
  return (await parseStatements(sql)).map(({ node }) => classifyStatement(node));
}

async function commandsOutside(sql: string): Promise<(string | undefined)[]> {
  return (await traitsOf(sql)).map(({ nonTransactional }) => nonTransactional?.command);
}

test.each(Object.entries(outside))('%s must run outside a transaction', async (sql, command) => {
  expect(await commandsOutside(sql)).toEqual([command]);
});

test.each(inside)('%s may run in a transaction', async (sql) => {
  expect(await commandsOutside(sql)).toEqual([undefined]);
});

test.each([
  { sql: 'vacuum t', waitsHarmlessly: true },
  { sql: 'vacuum (full off) t', waitsHarmlessly: true },
  { sql: 'vacuum (full) t', waitsHarmlessly: false },
  { sql: 'reindex table concurrently t', waitsHarmlessly: true },
  { sql: 'alter table t detach partition p concurrently', waitsHarmlessly: false },
])('$sql may wait without a lock timeout: $waitsHarmlessly', async ({ sql, waitsHarmlessly }) => {
  const [traits] = await traitsOf(sql);
  expect(traits?.nonTransactional?.waitsHarmlessly ?? false).toBe(waitsHarmlessly);
});

test.each([
  {
    sql: 'create index concurrently "A" on s."T" (x)',
    leftover: { kind: 'create-index', table: '"s"."T"', index: 'A' },
  },
  { sql: 'drop index concurrently s.a', leftover: { kind: 'drop-index', index: '"s"."a"' } },
  { sql: 'reindex table concurrently t', leftover: { kind: 'reindex', relation: '"t"' } },
  { sql: 'reindex schema concurrently s', leftover: undefined },
  {
    sql: 'alter table t detach partition s.p concurrently',
    leftover: { kind: 'detach-partition', parent: '"t"', partition: '"s"."p"' },
  },
])('an interrupted "$sql" leaves $leftover.kind', async ({ sql, leftover }) => {
  const [traits] = await traitsOf(sql);
  expect(traits?.nonTransactional?.leftover).toEqual(leftover);
});

test.each([
  { sql: 'begin', traits: { refusal: expect.stringContaining('begins and ends transactions') } },
  {
    sql: 'create index concurrently on t (x)',
    traits: { refusal: expect.stringContaining('name the index') },
  },
  { sql: 'set search_path = a', traits: { sessionSetting: true } },
  { sql: 'set local search_path = a', traits: { sessionSetting: false } },
  { sql: "create role a password 'x'", traits: { secret: true } },
  { sql: "create user mapping for a server s options (password 'x')", traits: { secret: true } },
  { sql: 'create table t (x int)', traits: {} },
])('the traits of "$sql"', async ({ sql, traits }) => {
  expect(await traitsOf(sql)).toEqual([traits]);
});

test('any sequence of statements is split into the same statements', async () => {
  const statement = fc.oneof(
    fc.constantFrom(...Object.keys(outside), ...inside),
    fc
      .string({ unit: 'grapheme' })
      .map((text) => `select '${text.replaceAll("'", "''").replaceAll('\0', '')}'`),
  );
  const separator = fc.constantFrom(';', ' ;\n', ';;', '; -- é; ü\n', ' /* ; ß */ ;');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(statement, separator), { minLength: 1 }), async (parts) => {
      const text = parts.flat().join('');
      const statements = await parseStatements(text);
      expect(await commandsOutside(text)).toEqual(
        parts.map(([sql]) => (outside as Record<string, string>)[sql]),
      );
      for (const [index, [sql]] of parts.entries()) expect(statements[index]?.sql).toContain(sql);
    }),
    { numRuns: 50 },
  );
});
