import { describe, expect, test } from 'vitest';
import { presetJson } from '../../test/preset-stack.ts';
import { priceList } from '../cost/price-list.ts';
import { rdsRegions } from './rds-regions.ts';
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
  expect(rdsRegions.has(suggested)).toBe(true);
});

test('every region that we have prices of is a region', () => {
  expect(Object.keys(priceList.regions).filter((region) => !rdsRegions.has(region))).toEqual([]);
});

describe('a stack is refused', () => {
  test('in a region that does not exist, however well its name is formed', () => {
    expect(() => presetJson('development', { stack: { region: 'eu-west-9' } })).toThrow(
      /Did you mean eu-west-1/,
    );
  });

  test('with a replica or a copy of backups in one', () => {
    const zones = ['eu-centrl-1a', 'eu-centrl-1b'];
    for (const overrides of [
      { crossRegionReplicas: [{ region: 'eu-centrl-1', zones }] },
      { backups: { copyToRegion: 'eu-centrl-1' } },
    ]) {
      expect(() => presetJson('production', overrides)).toThrow(/Did you mean eu-central-1/);
    }
  });
});
