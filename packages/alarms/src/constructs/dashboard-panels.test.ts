import { expect, test } from 'vitest';
import { large } from '../../test/instances.ts';
import { alarmDefinitions } from '../alarm-definitions.ts';
import { definitionsOf, panelsOf } from './dashboard-panels.ts';

const definitions = alarmDefinitions(large);

test('alarms on a metric without a graph of its own share one that their metric names', () => {
  const others = definitions
    .filter(({ id }) => ['transaction-ids', 'transaction-ids-critical'].includes(id))
    .map((definition) => ({ ...definition, metrics: ['MultiXactAge'] }));
  const panels = panelsOf([...definitions, ...others]);
  expect(panels.slice(panelsOf(definitions).length)).toEqual([
    { title: 'MultiXactAge', metrics: ['MultiXactAge'], statistic: 'Maximum', unit: 'count' },
  ]);
  expect(panels.flatMap((panel) => definitionsOf(panel, others))).toEqual(others);
});
