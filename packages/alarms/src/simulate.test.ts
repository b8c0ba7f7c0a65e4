import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlarmRule } from './alarm-definition.ts';
import { evaluate, type Datapoint } from './evaluate.ts';
import { simulate } from './simulate.ts';

const rule: AlarmRule = {
  operator: 'GreaterThanThreshold',
  threshold: 90,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  treatMissingData: 'missing',
};

test('fires after the second breaching datapoint, and clears when only one of three is left', () => {
  const { states, transitions } = simulate(rule, [10, 95, 20, 99, 10, 10, 10]);
  expect(states).toEqual(['OK', 'OK', 'OK', 'ALARM', 'OK', 'OK', 'OK']);
  expect(transitions).toEqual([
    { at: 0, from: 'INSUFFICIENT_DATA', to: 'OK' },
    { at: 3, from: 'OK', to: 'ALARM' },
    { at: 4, from: 'ALARM', to: 'OK' },
  ]);
});

test('a metric that stops: the old datapoints decide until they leave the range', () => {
  const gap = [10, null, null, null, null, null];
  expect(simulate(rule, gap).states.at(-2)).toBe('OK');
  expect(simulate(rule, gap).states.at(-1)).toBe('INSUFFICIENT_DATA');
  expect(simulate({ ...rule, treatMissingData: 'breaching' }, gap).states.at(-1)).toBe('ALARM');
  expect(simulate({ ...rule, treatMissingData: 'ignore' }, gap).states.at(-1)).toBe('OK');
  expect(simulate({ ...rule, treatMissingData: 'ignore' }, [95, 95, ...gap.slice(1)]).states.at(-1)).toBe(
    'ALARM',
  );
});

test('a wider evaluation range finds older datapoints', () => {
  const gap = [10, null, null, null, null, null];
  expect(simulate(rule, gap, { evaluationRange: 6 }).states.at(-1)).toBe('OK');
});

test('any series: states are evaluations, transitions are exactly their changes', () => {
  const treatments = fc.constantFrom('missing', 'ignore', 'breaching', 'notBreaching');
  const series = fc.array(fc.constantFrom<Datapoint>(10, 95, null), { maxLength: 20 });
  fc.assert(
    fc.property(series, treatments, (points, treatMissingData) => {
      const any = { ...rule, treatMissingData } as AlarmRule;
      const { states, transitions } = simulate(any, points);
      let state = 'INSUFFICIENT_DATA' as (typeof states)[number];
      const changes: typeof transitions = [];
      for (const [at] of points.entries()) {
        const next = evaluate(any, points.slice(0, at + 1), { state });
        expect(states[at]).toBe(next);
        if (next !== state) changes.push({ at, from: state, to: next });
        state = next;
      }
      expect(transitions).toEqual(changes);
    }),
  );
});
