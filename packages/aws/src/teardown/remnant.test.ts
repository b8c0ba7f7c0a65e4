import { expect, test } from 'vitest';
import { isOwned } from './remnant.ts';

const scope = { stack: 'shop-test', name: 'shop-test', region: 'eu-west-1' };

test.each([
  { by: 'its tag', name: 'another-name', stack: 'shop-test', owned: true },
  { by: 'its name, without a tag', name: 'shop-test', stack: undefined, owned: true },
  {
    by: 'the beginning of its name, without a tag',
    name: 'shop-test-replica-1',
    stack: undefined,
    owned: true,
  },
  {
    by: 'the tag of another stack, whatever the name',
    name: 'shop-test-2',
    stack: 'shop-test-2',
    owned: false,
  },
  {
    by: 'a name that only begins with the same letters',
    name: 'shop-testing',
    stack: undefined,
    owned: false,
  },
  { by: 'neither name nor tag', name: undefined, stack: undefined, owned: false },
])('a resource is recognized by $by: $owned', ({ name, stack, owned }) => {
  const tags = stack === undefined ? [] : [{ Key: 'Stack', Value: stack }];
  expect(isOwned(scope, name, tags)).toBe(owned);
});
