import { expect, test } from 'vitest';
import { failure } from '../../test/fixtures.ts';
import { type LintOptions, lintStatements } from './lint-statements.ts';

const today = new Date('2026-11-30');

async function codesOf(query: string, options: LintOptions = {}): Promise<string[]> {
  const findings = await lintStatements([{ name: 'Migration1', transactional: false, queries: [query] }], {
    today,
    ...options,
  });
  return findings.map(({ code }) => code);
}

test.each([
  { at: 'before', sql: '-- dms-lint ignore drop-table: nobody reads it\ndrop table a' },
  { at: 'before, in a block', sql: '/* dms-lint ignore drop-table: nobody reads it */ drop table a' },
  { at: 'inside', sql: 'drop table -- dms-lint ignore drop-table: nobody reads it\n a' },
  { at: 'behind', sql: 'drop table a; -- dms-lint ignore drop-table: nobody reads it' },
  {
    at: 'behind, with another statement',
    sql: 'drop table a; -- dms-lint ignore drop-table: nobody\nselect 1',
  },
  {
    at: 'with a day',
    sql: '-- dms-lint ignore drop-table: nobody reads it (until 2026-11-30)\ndrop table a',
  },
  {
    at: 'with two codes',
    sql: '-- dms-lint ignore drop-table, drop-cascade: nobody reads it\ndrop table a cascade',
  },
  { at: 'before, after another', sql: 'select 1;\n-- dms-lint ignore drop-table: ümlaut\ndrop table a' },
])('a comment suppresses a finding: $at', async ({ sql }) => {
  expect(await codesOf(sql)).toEqual([]);
});

test.each([
  {
    fault: 'expired',
    sql: '-- dms-lint ignore drop-table: old (until 2026-11-29)\ndrop table a',
    codes: ['drop-table', 'suppression-expired'],
  },
  {
    fault: 'no such day',
    sql: '-- dms-lint ignore drop-table: old (until 2027-02-30)\ndrop table a',
    codes: ['drop-table', 'suppression-expired'],
  },
  {
    fault: 'no reason',
    sql: '-- dms-lint ignore drop-table\ndrop table a',
    codes: ['drop-table', 'suppression-without-reason'],
  },
  {
    fault: 'an empty reason',
    sql: '-- dms-lint ignore drop-table: (until 2027-01-01)\ndrop table a',
    codes: ['drop-table', 'suppression-without-reason'],
  },
  { fault: 'unused', sql: '-- dms-lint ignore drop-table: x\nselect 1', codes: ['suppression-unused'] },
  {
    fault: 'unknown',
    sql: '-- dms-lint ignore drop-tables: x\ndrop table a',
    codes: ['drop-table', 'suppression-unknown'],
  },
  { fault: 'no code', sql: '-- dms-lint ignore\ndrop table a', codes: ['drop-table', 'suppression-unknown'] },
  {
    fault: 'beside another statement',
    sql: '-- dms-lint ignore drop-table: x\nselect 1; drop table a',
    codes: ['drop-table', 'suppression-unused'],
  },
  {
    fault: 'in a string',
    sql: "select '-- dms-lint ignore drop-table: x'; drop table a",
    codes: ['drop-table'],
  },
])('a wrong suppression is a finding: $fault', async ({ sql, codes }) => {
  expect(await codesOf(sql)).toEqual(codes);
});

test('options suppress findings of a migration and a statement', async () => {
  const sql = 'drop table a; drop table b';
  const ignore = { code: 'drop-table', reason: 'nobody reads it' };
  expect(await codesOf(sql, { ignore: [ignore] })).toEqual([]);
  expect(await codesOf(sql, { ignore: [{ ...ignore, statement: 'table a' }] })).toEqual(['drop-table']);
  expect(await codesOf(sql, { ignore: [{ ...ignore, migration: 'Migration2' }] })).toEqual([
    'drop-table',
    'drop-table',
    'suppression-unused',
  ]);
  expect(await codesOf(sql, { ignore: [{ ...ignore, reason: '' }] })).toContain('suppression-without-reason');
});

test.each([
  { fault: 'a day', options: { ignore: [{ code: 'drop-table', reason: 'x', until: '31.1.2027' }] } },
  { fault: 'a rule', options: { rules: { 'drop-everything': 'off' } } },
  { fault: 'a release', options: { releases: ['Migration9'] } },
  { fault: 'a number', options: { smallTableRows: -1 } },
] satisfies { fault: string; options: LintOptions }[])(
  'wrong options are refused: $fault',
  async ({ options }) => {
    expect((await failure(codesOf('select 1', options))).code).toBe('invalid-settings');
  },
);

test('SQL that cannot be parsed is refused', async () => {
  expect(await failure(codesOf('drop tables'))).toMatchObject({
    code: 'invalid-migration',
    message: expect.stringContaining('Migration1'),
  });
});

test('a rule can have another severity, or be off', async () => {
  const queries = ['drop table a'];
  const of = async (severity: 'warning' | 'off') =>
    (
      await lintStatements([{ name: 'a', transactional: true, queries }], {
        rules: { 'drop-table': severity },
      })
    ).map((each) => each.severity);
  expect(await of('warning')).toEqual(['warning']);
  expect(await of('off')).toEqual([]);
});
