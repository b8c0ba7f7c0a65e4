import { regions } from '@ecommerce-dms/rds-classes';
import { describe, expect, test } from 'vitest';
import { presetJson } from '../../test/preset-stack.ts';
import { priceList } from '@ecommerce-dms/stack';

test('every region that we have prices of is a region', () => {
  expect(Object.keys(priceList.regions).filter((region) => !regions.has(region))).toEqual([]);
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
