import { expect, test } from 'vitest';
import { environmentSettings, presets } from './presets.ts';

test('an override changes what it names and nothing else', () => {
  const settings = environmentSettings('production', {
    network: { nat: 'single' },
    database: { storage: { allocatedGib: 200 }, replicas: 2 },
  });
  expect(settings).toEqual({
    ...presets.production,
    network: { zoneCount: 3, nat: 'single' },
    database: {
      ...presets.production.database,
      replicas: 2,
      storage: { allocatedGib: 200, maxAllocatedGib: 1000 },
    },
  });
});

test('an override that is undefined changes nothing', () => {
  const overrides = { network: { nat: undefined }, database: { multiAz: undefined } };
  expect(environmentSettings('production', overrides)).toEqual(presets.production);
});
