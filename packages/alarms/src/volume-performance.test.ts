import { expect, test } from 'vitest';
import { volumePerformance } from './volume-performance.ts';

test.each([
  {
    volume: { storageType: 'gp2', allocatedStorageGib: 20 },
    sustained: { iops: 100, throughputMibps: 128, burstable: true },
  },
  {
    volume: { storageType: 'gp2', allocatedStorageGib: 399 },
    sustained: { iops: 1197, throughputMibps: 250, burstable: true },
  },
  {
    volume: { storageType: 'gp2', allocatedStorageGib: 4000 },
    sustained: { iops: 12_000, throughputMibps: 1000, burstable: false },
  },
  {
    volume: { storageType: 'gp2', allocatedStorageGib: 65_536 },
    sustained: { iops: 64_000, throughputMibps: 1000, burstable: false },
  },
  {
    volume: { storageType: 'gp3', allocatedStorageGib: 399 },
    sustained: { iops: 3000, throughputMibps: 125, burstable: false },
  },
  {
    volume: { storageType: 'gp3', allocatedStorageGib: 400 },
    sustained: { iops: 12_000, throughputMibps: 500, burstable: false },
  },
  {
    volume: { storageType: 'io2', allocatedStorageGib: 100, iops: 4000 },
    sustained: { iops: 4000, throughputMibps: 1000, burstable: false },
  },
] as const)('$volume sustains $sustained', ({ volume, sustained }) => {
  expect(volumePerformance(volume)).toEqual(sustained);
});
