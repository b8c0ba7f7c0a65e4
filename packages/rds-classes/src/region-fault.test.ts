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
  ['eu-wset-1', 'eu-west-1'],
  ['eu-west-9', 'eu-west-1'],
  ['EU-CENTRAL-1', 'eu-central-1'],
  ['us-east1', 'us-east-1'],
  ['eu-west-1a', 'eu-west-1'],
  ['Frankfurt', 'eu-central-1'],
  ['ireland', 'eu-west-1'],
])('%s is none, and %s is suggested', (name, suggested) => {
  expect(regionFault(name)).toContain(`region "${name}" is not`);
  expect(regionFault(name)).toContain(`Did you mean ${suggested},`);
});

test.each(['', ' ', 'aws-global', 'constructor'])('"%s" is refused with a real name', (name) => {
  const suggested = /Did you mean (\S+),/.exec(regionFault(name) ?? '')?.[1] ?? '';
  expect(regions.has(suggested)).toBe(true);
});
