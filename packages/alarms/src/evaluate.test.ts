import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlarmRule, TreatMissingData } from './alarm-definition.ts';
import { breaches, evaluate, type AlarmState, type Datapoint } from './evaluate.ts';

const treatments: readonly TreatMissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
const states: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

function ruleOf(m: number, n: number, treatMissingData: TreatMissingData): AlarmRule {
  return {
    operator: 'GreaterThanThreshold',
    threshold: 0,
    evaluationPeriods: n,
    datapointsToAlarm: m,
    treatMissingData,
  };
}

/** AWS's notation: X breaches, 0 does not, - is missing; the latest is on the right. */
function parse(notation: string): Datapoint[] {
  return notation.split(' ').map((mark) => (mark === 'X' ? 1 : mark === '0' ? 0 : null));
}

/** In place of a state: the alarm keeps the one it has, as the user guide's "Retain current state". */
const keep = 'keep';

// The two tables of the user guide, "Configuring how CloudWatch alarms treat missing data"; N = 3, range 5.
const tables: readonly ({ m: number; datapoints: string } & Record<
  TreatMissingData,
  AlarmState | typeof keep
>)[] = [
  { m: 3, datapoints: '0 - X - X', missing: 'OK', ignore: 'OK', breaching: 'OK', notBreaching: 'OK' },
  { m: 3, datapoints: '0 - - - -', missing: 'OK', ignore: 'OK', breaching: 'OK', notBreaching: 'OK' },
  {
    m: 3,
    datapoints: '- - - - -',
    missing: 'INSUFFICIENT_DATA',
    ignore: keep,
    breaching: 'ALARM',
    notBreaching: 'OK',
  },
  {
    m: 3,
    datapoints: '0 X X - X',
    missing: 'ALARM',
    ignore: 'ALARM',
    breaching: 'ALARM',
    notBreaching: 'ALARM',
  },
  { m: 3, datapoints: '- - X - -', missing: 'ALARM', ignore: keep, breaching: 'ALARM', notBreaching: 'OK' },
  {
    m: 2,
    datapoints: '0 - X - X',
    missing: 'ALARM',
    ignore: 'ALARM',
    breaching: 'ALARM',
    notBreaching: 'ALARM',
  },
  {
    m: 2,
    datapoints: '0 0 X 0 X',
    missing: 'ALARM',
    ignore: 'ALARM',
    breaching: 'ALARM',
    notBreaching: 'ALARM',
  },
  { m: 2, datapoints: '0 - X - -', missing: 'OK', ignore: 'OK', breaching: 'ALARM', notBreaching: 'OK' },
  { m: 2, datapoints: '- - - - 0', missing: 'OK', ignore: 'OK', breaching: 'ALARM', notBreaching: 'OK' },
  { m: 2, datapoints: '- - - X -', missing: 'ALARM', ignore: keep, breaching: 'ALARM', notBreaching: 'OK' },
];

const cells = tables.flatMap((row) =>
  treatments.map((treatment) => ({ ...row, treatment, expected: row[treatment] })),
);

describe("the user guide's tables", () => {
  test('have 40 cells', () => expect(cells).toHaveLength(40));

  test.each(cells)(
    '$m of 3, $datapoints, $treatment: $expected',
    ({ m, datapoints, treatment, expected }) => {
      for (const state of states) {
        const result = evaluate(ruleOf(m, 3, treatment), parse(datapoints), { state, evaluationRange: 5 });
        expect(result).toBe(expected === keep ? state : expected);
      }
    },
  );
});

test.each([
  // Enough real datapoints: only the latest N count, not all that were fetched.
  { m: 2, datapoints: 'X X 0 0 0', treatment: 'missing', expected: 'OK' },
  { m: 2, datapoints: 'X X 0 - 0', treatment: 'breaching', expected: 'OK' },
  // Too young for the premature rule, then followed by one that does not breach.
  { m: 3, datapoints: '- - - - X', treatment: 'missing', expected: 'OK' },
  { m: 3, datapoints: '- - - X -', treatment: 'missing', expected: 'OK' },
  { m: 3, datapoints: '- - X - 0', treatment: 'missing', expected: 'OK' },
  { m: 3, datapoints: '- X X - -', treatment: 'missing', expected: 'ALARM' },
  { m: 1, datapoints: '- - - - X', treatment: 'ignore', expected: 'ALARM' },
] as const)('$m of 3, $datapoints, $treatment: $expected', ({ m, datapoints, treatment, expected }) => {
  expect(evaluate(ruleOf(m, 3, treatment), parse(datapoints), { state: 'OK' })).toBe(expected);
});

test('a series shorter than the range is missing at its start', () => {
  expect(evaluate(ruleOf(2, 3, 'breaching'), [0])).toBe('ALARM');
  expect(evaluate(ruleOf(2, 3, 'missing'), [0])).toBe('OK');
  expect(evaluate(ruleOf(2, 3, 'missing'), [])).toBe('INSUFFICIENT_DATA');
});

const mOfN = fc
  .integer({ min: 1, max: 6 })
  .chain((n) => fc.tuple(fc.integer({ min: 1, max: n }), fc.constant(n)));
const series = fc.array(fc.constantFrom<Datapoint>(0, 1, null), { maxLength: 12 });

describe('any series', () => {
  test('with N real datapoints in the range has one state, whatever missing data is', () => {
    fc.assert(
      fc.property(mOfN, series, fc.constantFrom(...states), ([m, n], points, state) => {
        const real = points.slice(-(n + 2)).filter((value) => value !== null);
        fc.pre(real.length >= n);
        const breaching = real.slice(-n).filter((value) => value === 1).length;
        for (const treatment of treatments) {
          expect(evaluate(ruleOf(m, n, treatment), points, { state })).toBe(breaching >= m ? 'ALARM' : 'OK');
        }
      }),
    );
  });

  test('that alarms with missing data not breaching alarms with every other treatment', () => {
    fc.assert(
      fc.property(mOfN, series, ([m, n], points) => {
        fc.pre(evaluate(ruleOf(m, n, 'notBreaching'), points) === 'ALARM');
        for (const treatment of treatments) {
          expect(evaluate(ruleOf(m, n, treatment), points)).toBe('ALARM');
        }
      }),
    );
  });

  test('depends on nothing before the evaluation range', () => {
    fc.assert(
      fc.property(
        mOfN,
        series,
        series,
        fc.constantFrom(...treatments),
        ([m, n], older, points, treatment) => {
          fc.pre(points.length >= n + 2);
          const rule = ruleOf(m, n, treatment);
          expect(evaluate(rule, [...older, ...points])).toBe(evaluate(rule, points));
        },
      ),
    );
  });

  test('gets no better when a good datapoint turns bad', () => {
    fc.assert(
      fc.property(mOfN, series, fc.nat(), fc.constantFrom(...treatments), ([m, n], points, at, treatment) => {
        const good = points.flatMap((value, index) => (value === 0 ? [index] : []));
        const index = good[at % good.length];
        fc.pre(index !== undefined);
        const rule = ruleOf(m, n, treatment);
        fc.pre(evaluate(rule, points, { state: 'ALARM' }) === 'ALARM');
        const worse = points.with(index, 1);
        expect(evaluate(rule, worse, { state: 'ALARM' })).toBe('ALARM');
      }),
    );
  });

  test('gives INSUFFICIENT_DATA only without a real datapoint', () => {
    fc.assert(
      fc.property(mOfN, series, fc.constantFrom(...treatments), ([m, n], points, treatment) => {
        fc.pre(points.slice(-(n + 2)).some((value) => value !== null));
        expect(evaluate(ruleOf(m, n, treatment), points, { state: 'OK' })).not.toBe('INSUFFICIENT_DATA');
      }),
    );
  });
});

test('opposite operators are mirror images and complements of each other', () => {
  fc.assert(
    fc.property(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 }), (value, threshold) => {
      const greater = breaches({ operator: 'GreaterThanThreshold', threshold }, value);
      expect(breaches({ operator: 'LessThanThreshold', threshold: -threshold }, -value)).toBe(greater);
      expect(breaches({ operator: 'LessThanOrEqualToThreshold', threshold }, value)).toBe(!greater);
      expect(breaches({ operator: 'GreaterThanOrEqualToThreshold', threshold: -threshold }, -value)).toBe(
        !greater,
      );
    }),
  );
});
