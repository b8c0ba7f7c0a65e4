import { expect, test } from 'vitest';
import { fixture } from '../test/fixture.ts';
import { catalogChecks, renderReport, rowCheck, table, validate } from './index.ts';

test('the report reads as plain text: what fails first, with its SQL', async () => {
  const { url } = await fixture(`create table t (id int primary key, n int, email text, check (id > 0));
    insert into t values (1, 1, 'me@example.org'), (2, -2, null), (3, -3, null); create index n1 on t (n); create index n2 on t (n);`);
  const on = table('t');
  const checks = [
    rowCheck({ id: 't.id', description: 'ids are positive', on, that: 'id > 0' }),
    rowCheck({ id: 't.sum', description: 'n is small', on, that: 'n < 9' }),
    rowCheck({
      id: 't.n',
      description: 'n is positive',
      on,
      that: 'n > 0',
      show: ['n'],
      fix: 'Set n again.',
    }),
    rowCheck({ id: 't.mail', description: 'x', on, that: 'email::int > 0' }),
    ...catalogChecks().filter((check) => check.id === 'catalog.duplicate-index'),
  ];
  const report = await validate({ url, checks, sampleLimit: 1 });
  const text = renderReport(report);
  const fixed = text
    .replace(report.database, 'DATABASE')
    .replace(report.snapshotLsn, 'LSN')
    .replace(report.server.version, 'VERSION')
    .replace(/\d+ statements, \d+ ms/, 'N statements, N ms');
  expect(fixed).toMatchInlineSnapshot(`
    "FAILED  t.n                      2 of 3 rows fail.
    WARN    catalog.duplicate-index  1 fault found.
    ERROR   t.mail                   Not evaluated: invalid input syntax for type integer: "***" (SQLSTATE 22P02).
    ok      t.sum                    3 rows read.
    PROVEN  t.id                     Proven by the catalog: CHECK or NOT NULL constraints of t.

    FAILED t.n: n is positive
      - t id=2: n=-2
      - and 1 more
      find: select "id", "n" from "t" where (n > 0) is false
      fix: Set n again.

    WARN catalog.duplicate-index: No index is redundant.
      - n2: the same as n1
          fix: drop index concurrently n2;

    5 checks: 2 failed, 1 error, 1 passed, 1 proven (errors: 1, warnings: 1)
    DATABASE on a writer, PostgreSQL VERSION, at LSN
    6 scans, N statements, N ms"
  `);
  // JSON is the report itself.
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});
