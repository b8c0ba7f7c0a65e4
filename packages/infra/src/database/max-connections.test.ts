import { classesOf } from '@ecommerce-dms/rds-classes';
import { expect, test } from 'vitest';
import { defaultMaxConnections, maxConnectionsCeiling } from './max-connections.ts';

test.each([
  { instanceClass: 'db.t4g.micro', ceiling: 112 },
  { instanceClass: 'db.t4g.small', ceiling: 225 },
  { instanceClass: 'db.t3.medium', ceiling: 450 },
  { instanceClass: 'db.m7g.large', ceiling: 901 },
  { instanceClass: 'db.r7g.large', ceiling: 1802 },
  { instanceClass: 'db.m5.2xlarge', ceiling: 3604 },
  { instanceClass: 'db.r5.2xlarge', ceiling: 5000 },
])('$instanceClass has memory for $ceiling connections', ({ instanceClass, ceiling }) => {
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
