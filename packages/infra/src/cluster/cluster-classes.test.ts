import { expect, test } from 'vitest';
import { auroraMemoryGiB, multiAzMemoryGiB } from './cluster-classes.ts';

test.each([
  ['db.c6gd.medium', 2],
  ['db.m5d.large', 8],
  ['db.m6gd.xlarge', 16],
  ['db.r6idn.24xlarge', 768],
  ['db.x2iedn.2xlarge', 256],
  ['db.m6gd.medium', undefined],
  ['db.m7g.large', undefined],
  ['db.m6gd', undefined],
])('%s of a Multi-AZ cluster has %s GiB', (instanceClass, memoryGiB) => {
  expect(multiAzMemoryGiB(instanceClass)).toBe(memoryGiB);
});

test.each([
  ['db.t4g.medium', 4],
  ['db.t3.large', 8],
  ['db.r8g.16xlarge', 512],
  ['db.x2g.large', 32],
  ['db.t4g.micro', undefined],
  ['db.m6g.large', undefined],
])('%s of Aurora has %s GiB', (instanceClass, memoryGiB) => {
  expect(auroraMemoryGiB(instanceClass)).toBe(memoryGiB);
});
