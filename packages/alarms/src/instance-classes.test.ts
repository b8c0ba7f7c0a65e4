import { expect, test } from 'vitest';
import { instanceClasses } from './instance-classes.ts';
import { volumePerformance } from './volume-performance.ts';

test('the table has the sizes of its sources', () => {
  expect(instanceClasses.size).toBe(2 * 6 + 6 * 7);
  expect(instanceClasses.get('db.t4g.medium')).toEqual({
    name: 'db.t4g.medium',
    vcpus: 2,
    memoryGib: 4,
    ebsBaselineIops: 2000,
    ebsBaselineMegabytesPerSecond: 32,
    ebsBurstable: true,
    cpuCredits: { perHour: 24, maxBalance: 576, baselinePercent: 20 },
  });
  expect(instanceClasses.get('db.r7g.4xlarge')).toEqual({
    name: 'db.r7g.4xlarge',
    vcpus: 16,
    memoryGib: 128,
    ebsBaselineIops: 20_000,
    ebsBaselineMegabytesPerSecond: 625,
    ebsBurstable: true,
  });
});

test('credits add up: a day of earning fills the balance, and pays for the baseline', () => {
  const wrong = [...instanceClasses.values()].filter(
    ({ vcpus, cpuCredits }) =>
      cpuCredits !== undefined &&
      (cpuCredits.maxBalance !== 24 * cpuCredits.perHour ||
        cpuCredits.perHour !== (vcpus * 60 * cpuCredits.baselinePercent) / 100),
  );
  expect(wrong).toEqual([]);
});

test('r classes have twice the memory of m classes, and the same EBS', () => {
  for (const [name, { memoryGib, ...rest }] of instanceClasses) {
    if (!name.startsWith('db.m')) continue;
    const memory = instanceClasses.get(name.replace('db.m', 'db.r'));
    expect(memory).toEqual({ ...rest, name: memory?.name, memoryGib: 2 * memoryGib });
  }
});

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
