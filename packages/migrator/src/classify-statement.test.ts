import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { classifyStatement } from './classify-statement.ts';
import { enumValueUsedLater } from './enum-values.ts';
import { parseStatements } from './parse-statements.ts';

const outside = {
  'create unique index concurrently a on t (x)': 'CREATE INDEX CONCURRENTLY',
  'drop index concurrently if exists s.a': 'DROP INDEX CONCURRENTLY',
  'reindex (verbose, concurrently) index a': 'REINDEX CONCURRENTLY',
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
  'analyze t',
  'cluster t using a',
  'alter table t detach partition p',
  'alter table t detach partition p finalize',
  'refresh materialized view concurrently v',
  "comment on table t is 'create index concurrently'",
  "do $$ begin execute 'vacuum'; end $$",
  'savepoint a',
];

async function nonTransactional(sql: string): Promise<(string | undefined)[]> {
  return (await parseStatements(sql)).map(({ node }) => classifyStatement(node).nonTransactional);
}

test.each(Object.entries(outside))('%s must run outside a transaction', async (sql, command) => {
  expect(await nonTransactional(sql)).toEqual([command]);
});

test.each(inside)('%s may run in a transaction', async (sql) => {
  expect(await nonTransactional(sql)).toEqual([undefined]);
});

test('only what blocks nobody may wait without a lock timeout', async () => {
  const waits = async (sql: string): Promise<unknown> => {
    const [statement] = await parseStatements(sql);
    return statement && classifyStatement(statement.node).waitsHarmlessly;
  };
  expect(await waits('vacuum t')).toBe(true);
  expect(await waits('vacuum (full) t')).toBeUndefined();
  expect(await waits('alter table t detach partition p concurrently')).toBeUndefined();
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
      const statements = await parseStatements(parts.flat().join(''));
      const commands = await nonTransactional(parts.flat().join(''));
      expect(commands).toEqual(parts.map(([sql]) => (outside as Record<string, string>)[sql]));
      for (const [index, [sql]] of parts.entries()) expect(statements[index]?.sql).toContain(sql);
    }),
    { numRuns: 50 },
  );
});

test.each([
  ["alter type mood add value 'a'; insert into t values ('a')", 'a'],
  ["alter type mood add value 'a'; do $$ begin perform 'a'::mood; end $$", 'a'],
  ["alter type mood add value 'a'; select 1", undefined],
  ["select 'a'; alter type mood add value 'a'", undefined],
  ["create type mood as enum (); alter type mood add value 'a'; select 'a'::mood", undefined],
  ["alter type mood rename value 'b' to 'a'; select 'a'::mood", undefined],
])('%s uses the new enum value %s', async (sql, value) => {
  expect(enumValueUsedLater(await parseStatements(sql))).toBe(value);
});
