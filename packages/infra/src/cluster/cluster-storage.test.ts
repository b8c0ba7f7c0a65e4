import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterStorageFaults, completeClusterStorage } from './cluster-storage.ts';
import type { ClusterStorageSettings } from './cluster-settings.ts';

function faults(props: ClusterStorageSettings): string[] {
  return clusterStorageFaults(completeClusterStorage(props)).filter((fault) => typeof fault === 'string');
}

test.each<{ props: ClusterStorageSettings; message: RegExp }>([
  { props: { allocatedGib: 19 }, message: /20 to 65536/ },
  { props: { allocatedGib: 399, iops: 12_000 }, message: /below 400 GiB/ },
  { props: { allocatedGib: 400, iops: 11_999 }, message: /12000 to 64000/ },
  { props: { type: 'io1' }, message: /io1 needs storage.iops/ },
  { props: { type: 'io1', allocatedGib: 99, iops: 1000 }, message: /100 to 65536/ },
  { props: { type: 'io1', allocatedGib: 100, iops: 5001 }, message: /1000 to 5000 \(0.5 to 50 a GiB\)/ },
  { props: { type: 'io1', allocatedGib: 4000, iops: 1999 }, message: /2000 to 200000/ },
  {
    props: { type: 'io2', allocatedGib: 100, iops: 100_001 },
    message: /1000 to 100000 \(0.5 to 1000 a GiB\)/,
  },
])('$props is refused: $message', ({ props, message }) => {
  expect(faults(props).join('\n')).toMatch(message);
});

test('provisioned iops pass exactly between 0.5 and 50 or 1000 a GiB, within 1000 to 256000', () => {
  const type = fc.constantFrom('io1' as const, 'io2' as const);
  const allocatedGib = fc.integer({ min: 100, max: 65_536 });
  fc.assert(
    fc.property(type, allocatedGib, fc.integer({ min: 1, max: 300_000 }), (kind, gib, iops) => {
      const perGib = iops / gib;
      const allowed =
        iops >= 1000 && iops <= 256_000 && perGib >= 0.5 && perGib <= (kind === 'io1' ? 50 : 1000);
      expect(faults({ type: kind, allocatedGib: gib, iops })).toHaveLength(allowed ? 0 : 1);
    }),
  );
});

test('the defaults pass for any size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 65_536 }), (allocatedGib) => {
      expect(faults({ allocatedGib })).toEqual([]);
    }),
  );
});
