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
  constantFrom(`a is not null`, `b is null`, `c in ('x', 'y')`, `a in (0, 2)`),
);
const { predicate } = letrec<{ predicate: string }>((tie) => ({
  predicate: oneof(
    { maxDepth: 2 },
    atom,
    tuple(tie('predicate'), constantFrom('and', 'or'), tie('predicate')).map(
      (parts) => `(${parts.join(' ')})`,
    ),
    tie('predicate').map((inner) => `not (${inner})`),
  ),
}));

// Every combination of small values that a constraint lets in: a wrong proof has its counterexample among them.
const rows = (constraint: string) => `insert into t (a, b, c) select a, b, c
  from unnest('{NULL,-2,-1,0,1,2,3}'::int[]) a, unnest('{NULL,-2,-1,0,1,2,3}'::int[]) b,
    unnest('{NULL,x,y,z}'::text[]) c where (${constraint}) is not false`;

test('what is proven has no counterexample, and every count is that of a query of its own', async () => {
  const { url, execute } = await fixture('create table t (id serial primary key, a int, b int, c text)');
  let provenCount = 0;
  const property = asyncProperty(
    predicate,
    array(predicate, { minLength: 1, maxLength: 6 }),
    constantFrom('pass' as const, 'fail' as const),
    async (constraint, predicates, nulls) => {
      await execute(`truncate t; alter table t drop constraint if exists known`);
      await execute(`alter table t add constraint known check (${constraint})`);
      await execute(rows(constraint));
      const checks = [constraint, ...predicates].map((that, i) =>
        rowCheck({ id: `c${i}`, description: that, on: table('t'), that, nulls }),
      );
      const expected = await Promise.all(
        checks.map(async (check) => {
          const passes = nulls === 'pass' ? `coalesce((${check.predicate}), true)` : `(${check.predicate})`;
          const sql = `select count(*)::int as failures from t where not coalesce(${passes}, false)`;
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
