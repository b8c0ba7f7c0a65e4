import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { settingsFaults } from '../settings-faults.ts';
import { databaseSettings } from './database-settings.ts';
import { completeStorage, storageFaults } from './storage.ts';
import type { StorageSettings } from './database-settings.ts';

function faults(props: StorageSettings): string[] {
  const found = storageFaults(completeStorage(props)).filter((fault) => typeof fault === 'string');
  return [...settingsFaults(databaseSettings, { storage: props }), ...found];
}

test('iops and throughput come together, at what striped storage includes', () => {
  expect(completeStorage({ allocatedGib: 400, iops: 16_000 })).toMatchObject({
    iops: 16_000,
    throughputMibps: 500,
  });
  expect(completeStorage({ allocatedGib: 400, throughputMibps: 600 })).toMatchObject({
    iops: 12_000,
    throughputMibps: 600,
  });
  expect(completeStorage({ allocatedGib: 100 })).toMatchObject({
    iops: undefined,
    throughputMibps: undefined,
  });
});

test('storage that grows past 400 GiB names what it then includes, instead of what it had', () => {
  expect(completeStorage({ allocatedGib: 399 })).toMatchObject({
    iops: undefined,
    throughputMibps: undefined,
  });
  expect(completeStorage({ allocatedGib: 400 })).toMatchObject({ iops: 12_000, throughputMibps: 500 });
});

test.each<{ props: StorageSettings; message: RegExp }>([
  { props: { allocatedGib: 399, iops: 12_000 }, message: /below 400 GiB/ },
  { props: { allocatedGib: 399, throughputMibps: 500 }, message: /below 400 GiB/ },
  { props: { allocatedGib: 400, iops: 11_999 }, message: /12000 to 64000/ },
  { props: { allocatedGib: 400, iops: 12_000, throughputMibps: 4001 }, message: /500 to 4000/ },
  { props: { allocatedGib: 400, iops: 12_000, throughputMibps: 3001 }, message: /a quarter of iops/ },
  { props: { allocatedGib: 19 }, message: /20 to 65536/ },
  { props: { allocatedGib: 20.5 }, message: /whole number/ },
  { props: { allocatedGib: 100, maxAllocatedGib: 109 }, message: /10 % above/ },
])('$props is refused: $message', ({ props, message }) => {
  expect(faults(props).join('\n')).toMatch(message);
});

test('any size within the limits passes with the defaults', () => {
  // From 59579 GiB on, 10 % more than the allocation is above what RDS has: autoscaling has no room.
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 59_578 }), (allocatedGib) => {
      expect(faults({ allocatedGib })).toEqual([]);
    }),
  );
});
