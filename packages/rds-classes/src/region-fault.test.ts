import { expect, test } from 'vitest';
import { regions } from './offers.ts';
import { regionFault } from './region-fault.ts';

test.each(['eu-west-1', 'us-east-1', 'eu-south-2', 'mx-central-1', 'us-gov-west-1'])(
  '%s is a region',
  (name) => {
    expect(regionFault(name)).toBeUndefined();
  },
);

test.each([
  { name: 'eu-wset-1', suggested: 'eu-west-1' },
  { name: 'eu-west-9', suggested: 'eu-west-1' },
  { name: 'EU-CENTRAL-1', suggested: 'eu-central-1' },
  { name: 'us-east1', suggested: 'us-east-1' },
  { name: 'eu-west-1a', suggested: 'eu-west-1' },
  { name: 'Frankfurt', suggested: 'eu-central-1' },
  { name: 'ireland', suggested: 'eu-west-1' },
])('$name is no region, and $suggested is suggested', ({ name, suggested }) => {
  expect(regionFault(name)).toContain(`region "${name}" is not`);
  expect(regionFault(name)).toContain(`Did you mean ${suggested},`);
});

test.each(['', ' ', 'aws-global', 'constructor'])('"%s" is refused with a real name', (name) => {
  const suggested = /Did you mean (\S+),/.exec(regionFault(name) ?? '')?.[1] ?? '';
  expect(regions.has(suggested)).toBe(true);
});
