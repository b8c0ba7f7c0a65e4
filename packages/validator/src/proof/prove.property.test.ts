import { array, assert, asyncProperty, constantFrom, letrec, oneof, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { fixture } from '../../test/fixture.ts';
import { rowCheck, table, validate } from '../index.ts';

const atom = oneof(
  tuple(
    constantFrom('a', 'b'),
    constantFrom('<', '<=', '=', '<>', '>=', '>'),
    constantFrom('b', '-1', '0', '1', '2'),
  ).map((parts) => parts.join(' ')),
  constantFrom(`a IS NOT NULL`, `b IS NULL`, `c IN ('x', 'y')`, `a IN (0, 2)`),
);
const { predicate } = letrec<{ predicate: string }>((tie) => ({
  predicate: oneof(
    { maxDepth: 2 },
    atom,
    tuple(tie('predicate'), constantFrom('AND', 'OR'), tie('predicate')).map(
      (parts) => `(${parts.join(' ')})`,
    ),
    tie('predicate').map((inner) => `NOT (${inner})`),
  ),
}));

// Every combination of small values that a constraint lets in: a wrong proof has its counterexample among them.
const rows = (constraint: string) => `INSERT INTO t (a, b, c) SELECT a, b, c
  FROM unnest('{NULL,-2,-1,0,1,2,3}'::int[]) a, unnest('{NULL,-2,-1,0,1,2,3}'::int[]) b,
    unnest('{NULL,x,y,z}'::text[]) c WHERE (${constraint}) IS NOT FALSE`;

test('what is proven has no counterexample, and every count is that of a query of its own', async () => {
  const { url, execute } = await fixture('CREATE TABLE t (id serial PRIMARY KEY, a int, b int, c text)');
  let provenCount = 0;
  const property = asyncProperty(
    predicate,
    array(predicate, { minLength: 1, maxLength: 6 }),
    constantFrom('pass' as const, 'fail' as const),
    async (constraint, predicates, nulls) => {
      await execute(`TRUNCATE t; ALTER TABLE t DROP CONSTRAINT IF EXISTS known`);
      await execute(`ALTER TABLE t ADD CONSTRAINT known CHECK (${constraint})`);
      await execute(rows(constraint));
      const checks = [constraint, ...predicates].map((that, i) =>
        rowCheck({ id: `c${i}`, description: that, on: table('t'), that, nulls }),
      );
      const expected = await Promise.all(
        checks.map(async (check) => {
          const passes = nulls === 'pass' ? `coalesce((${check.predicate}), true)` : `(${check.predicate})`;
          const sql = `SELECT count(*)::int AS failures FROM t WHERE NOT coalesce(${passes}, false)`;
          return (await execute(sql))[0]?.['failures'];
        }),
      );
      for (const paranoid of [false, true]) {
        const report = await validate({ url, checks, paranoid });
        expect(report.checks.map((check) => check.failures)).toEqual(expected);
        provenCount += report.totals.proven;
      }
    },
  );
  await assert(property, { numRuns: 25 });
  expect(provenCount).toBeGreaterThan(0);
});
