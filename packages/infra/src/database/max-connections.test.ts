import { expect, test } from 'vitest';
import { instanceClasses } from './instance-classes.ts';
import { defaultMaxConnections, maxConnectionsCeiling } from './max-connections.ts';

test.each([
  ['db.t4g.micro', 112],
  ['db.t4g.small', 225],
  ['db.t3.medium', 450],
  ['db.m7g.large', 901],
  ['db.r7g.large', 1802],
  ['db.m5.2xlarge', 3604],
  ['db.r5.2xlarge', 5000],
])('%s has memory for %i connections', (instanceClass, ceiling) => {
  expect(maxConnectionsCeiling(instanceClass)).toBe(ceiling);
});

test('the default stays at or below the ceiling for every class', () => {
  expect(instanceClasses.size).toBe(54);
  for (const name of instanceClasses.keys()) {
    expect(defaultMaxConnections(name)).toBeLessThanOrEqual(maxConnectionsCeiling(name) ?? 0);
  }
});

test('an unknown class has no default', () => {
  expect(defaultMaxConnections('db.x9.large')).toBeUndefined();
});
