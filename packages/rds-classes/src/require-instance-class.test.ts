import { UserError } from '@ecommerce-dms/errors';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { classesOf, type Place, regions } from './offers.ts';
import { instanceClassFault, requireInstanceClass } from './require-instance-class.ts';

function refusal(name: string, place?: Place): UserError {
  try {
    requireInstanceClass(name, place);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${name} is accepted.`);
}

test.each<{ name: string; place: Place; nearest: string }>([
  { name: 'db.m7g.lrage', place: {}, nearest: 'db.m7g.large' },
  { name: 'm7g.large', place: {}, nearest: 'db.m7g.large' },
  { name: 'DB.M7G.LARGE', place: {}, nearest: 'db.m7g.large' },
  {
    name: 'db.t4.medium',
    place: { engine: 'postgres', region: 'eu-west-1' },
    nearest: 'db.t4g.medium, db.t3.medium, db.t2.medium',
  },
  { name: 'db.m7g.large', place: { engine: 'aurora-postgresql' }, nearest: 'db.r7g.large' },
])('$name is refused in $place, and $nearest suggested', ({ name, place, nearest }) => {
  expect(refusal(name, place)).toMatchObject({
    code: 'instance-class-not-found',
    exitCode: 2,
    hint: `Use one with a similar name: ${nearest}.`,
  });
});

test('the message distinguishes a class that does not exist from one that is not offered there', () => {
  expect(refusal('db.m7g.lrage').message).toMatch(
    /^The class "db\.m7g\.lrage" does not exist in AWS's data of \d{4}-\d\d-\d\d\.$/,
  );
  expect(refusal('db.x2g.large', { engine: 'postgres', region: 'af-south-1' }).message).toBe(
    'The class "db.x2g.large" is not offered for RDS for PostgreSQL in af-south-1.',
  );
  expect(refusal('nonsense').hint).toMatch(/a family and a size, for example db\./);
  expect(refusal('db.m8gd.large', { engine: 'postgres-cluster', region: 'mx-central-1' }).hint).toMatch(
    /another region/,
  );
});

test('what exists is accepted where the region is not known', () => {
  expect(requireInstanceClass('db.r8g.large').memoryGib).toBe(16);
  expect(
    instanceClassFault('db.r8g.large', { engine: 'postgres', region: '${TfToken[TOKEN.1]}' }),
  ).toBeUndefined();
});

test('every class is accepted where it is offered, and every name that a hint gives as well', () => {
  const engine = fc.constantFrom('postgres', 'postgres-cluster', 'aurora-postgresql');
  const place = fc.record({ engine, region: fc.constantFrom(...regions.keys()) });
  const written = fc
    .tuple(fc.constantFrom(...classesOf()), fc.nat(), fc.constantFrom('', 'x', '.'))
    .map(([name, position, change]) => {
      const at = position % name.length;
      return name.slice(0, at) + change + name.slice(at + 1);
    });
  fc.assert(
    fc.property(place, written, (where, name) => {
      const offered = classesOf(where);
      for (const one of offered) expect(instanceClassFault(one, where)).toBeUndefined();
      const suggested = instanceClassFault(name, where)?.match(/db\.[a-z0-9]+\.[a-z0-9]+(?=[,]|$)/g) ?? [];
      expect(suggested.filter((one) => one !== name && !offered.includes(one))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
