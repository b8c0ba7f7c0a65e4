import { classesOf } from '@ecommerce-dms/rds-classes';
import { expect, test } from 'vitest';
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
  for (const name of classesOf({ engine: 'postgres' })) {
    const usual = defaultMaxConnections(name);
    expect(Number.isInteger(usual), name).toBe(true);
    expect(usual, name).toBeLessThanOrEqual(maxConnectionsCeiling(name) ?? 0);
  }
});

test('an unknown class has no default', () => {
  expect(defaultMaxConnections('db.x9.large')).toBeUndefined();
});
