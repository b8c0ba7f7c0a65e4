import { expect, test } from 'vitest';
import { isOwned } from './remnant.ts';

const scope = { stack: 'shop-test', name: 'shop-test', region: 'eu-west-1' };

test.each([
  ['its tag', 'another-name', 'shop-test', true],
  ['its name, without a tag', 'shop-test', undefined, true],
  ['the beginning of its name, without a tag', 'shop-test-replica-1', undefined, true],
  ['the tag of another stack, whatever the name', 'shop-test-2', 'shop-test-2', false],
  ['a longer word', 'shop-testing', undefined, false],
  ['neither name nor tag', undefined, undefined, false],
])('%s decides', (_, name, stack, owned) => {
  const tags = stack === undefined ? [] : [{ Key: 'Stack', Value: stack }];
  expect(isOwned(scope, name, tags)).toBe(owned);
});
