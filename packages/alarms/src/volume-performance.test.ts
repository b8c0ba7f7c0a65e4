import { expect, test } from 'vitest';
import { volumePerformance } from './volume-performance.ts';

test.each([
  [
    { storageType: 'gp2', allocatedStorageGib: 20 },
    { iops: 100, throughputMibps: 128, burstable: true },
  ],
  [
    { storageType: 'gp2', allocatedStorageGib: 399 },
    { iops: 1197, throughputMibps: 250, burstable: true },
  ],
  [
    { storageType: 'gp2', allocatedStorageGib: 4000 },
    { iops: 12_000, throughputMibps: 1000, burstable: false },
  ],
  [
    { storageType: 'gp2', allocatedStorageGib: 65_536 },
    { iops: 64_000, throughputMibps: 1000, burstable: false },
  ],
  [
    { storageType: 'gp3', allocatedStorageGib: 399 },
    { iops: 3000, throughputMibps: 125, burstable: false },
  ],
  [
    { storageType: 'gp3', allocatedStorageGib: 400 },
    { iops: 12_000, throughputMibps: 500, burstable: false },
  ],
  [
    { storageType: 'io2', allocatedStorageGib: 100, iops: 4000 },
    { iops: 4000, throughputMibps: 1000, burstable: false },
  ],
] as const)('%o sustains %o', (volume, expected) => {
  expect(volumePerformance(volume)).toEqual(expected);
});
