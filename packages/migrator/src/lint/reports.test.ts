import sarifSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { lintStatements } from './lint-statements.ts';
import { lintFormats, reportText } from './reports.ts';

const root = '/shop';
const path = '/shop/migrations/a:b,c.sql';

const findings = await lintStatements([
  { name: 'first', path, transactional: false, queries: ['create index i on a (b)', 'drop table "a%\nb"'] },
  { name: 'second', transactional: false, queries: ['-- dms-lint ignore nothing: x\nalter table a drop b'] },
]);

test('SARIF is valid by its schema', () => {
  // Ajv knows the later drafts alone; what the schema uses of draft 4 means the same in them.
  const { $schema: _draft, id: _id, ...schema } = sarifSchema;
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
  const log: unknown = JSON.parse(reportText(findings, 'sarif', root));
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  expect(validate({ ...Object(log), version: '1.0' })).toBe(false);
  expect(log).toMatchObject({
    runs: [
      {
        results: [
          {
            ruleId: 'index-not-concurrent',
            level: 'error',
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'migrations/a:b,c.sql' },
                  region: { startLine: 1 },
                },
              },
            ],
          },
          { ruleId: 'drop-table' },
          { ruleId: 'drop-column', locations: [{ logicalLocations: [{ fullyQualifiedName: 'second#0' }] }] },
          { ruleId: 'suppression-unknown' },
        ],
      },
    ],
  });
});

test('annotations of GitHub are one line each, escaped', () => {
  const lines = reportText(findings, 'github', root).split('\n');
  expect(lines.map((line) => line.slice(0, 75))).toEqual([
    expect.stringMatching(/^::error file=migrations\/a%3Ab%2Cc.sql,line=1,title=index-not-concurrent::fi/),
    expect.stringMatching(/^::error file=migrations\/a%3Ab%2Cc.sql,line=1,title=drop-table::/),
    expect.stringMatching(/^::error title=drop-column::second, statement 1/),
    expect.stringMatching(/^::error title=suppression-unknown::/),
  ]);
  expect(lines[0]).toContain('%0Acreate index concurrently i on a (b);');
  expect(lines[1]).toContain('"a%25%0Ab"');
});

test('the text has the place, the reason and the rewrite', () => {
  const text = reportText(findings, 'text', root);
  expect(text).toContain('migrations/a:b,c.sql (first, statement 1): error index-not-concurrent');
  expect(text).toContain('  create index concurrently i on a (b);');
  expect(text).toMatch(/4 errors, 0 warnings$/);
});

test('JSON has the findings', () => {
  expect(JSON.parse(reportText(findings, 'json', root))).toMatchObject({
    findings: [{ code: 'index-not-concurrent', path: 'migrations/a:b,c.sql', statement: 0 }, {}, {}, {}],
  });
});

test.each(lintFormats.map((format) => ({ format })))(
  'without findings $format is written, too',
  ({ format }) => {
    expect(() => reportText([], format, root)).not.toThrow();
  },
);
