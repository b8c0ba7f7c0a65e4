import { gp3Storage } from '@ecommerce-dms/rds-classes';
import { largestStorageGib } from '../database/database-settings.ts';
import { isWholeBetween } from '../faults.ts';
import type { ClusterStorageSettings } from './cluster-settings.ts';

const { stripedFromGib, includedIops } = gp3Storage;

export interface ClusterStorage {
  readonly type: 'gp3' | 'io1' | 'io2';
  readonly allocatedGib: number;
  readonly iops: number | undefined;
}

/**
 * Bounds of provisioned IOPS: in all, and for each GiB.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
 */
const provisioned = {
  io1: { minGib: 100, minIops: 1_000, maxIops: 256_000, maxPerGib: 50 },
  io2: { minGib: 100, minIops: 1_000, maxIops: 256_000, maxPerGib: 1_000 },
};
const gp3MaxIops = 64_000;

export function completeClusterStorage(props: ClusterStorageSettings = {}): ClusterStorage {
  return { type: props.type ?? 'gp3', allocatedGib: props.allocatedGib ?? 100, iops: props.iops };
}

/** What RDS would refuse, each as a sentence. */
export function clusterStorageFaults(storage: ClusterStorage): (string | false)[] {
  return storage.type === 'gp3' ? gp3Faults(storage) : provisionedFaults(storage, provisioned[storage.type]);
}

function gp3Faults({ allocatedGib, iops }: ClusterStorage): (string | false)[] {
  return [
    sizeFault(allocatedGib, 20),
    iops !== undefined &&
      allocatedGib < stripedFromGib &&
      `storage.iops can't be chosen for gp3 below ${stripedFromGib} GiB (allocatedGib is ${allocatedGib}): leave it out, or allocate ${stripedFromGib} GiB`,
    iops !== undefined &&
      allocatedGib >= stripedFromGib &&
      !isWholeBetween(iops, includedIops.striped, gp3MaxIops) &&
      `storage.iops is ${iops}; ${includedIops.striped} to ${gp3MaxIops} is possible for gp3`,
  ];
}

function provisionedFaults(
  { type, allocatedGib, iops }: ClusterStorage,
  bounds: (typeof provisioned)['io1'],
): (string | false)[] {
  const { minGib, minIops, maxIops, maxPerGib } = bounds;
  const least = Math.max(minIops, Math.ceil(allocatedGib / 2));
  const most = Math.min(maxIops, allocatedGib * maxPerGib);
  return [
    sizeFault(allocatedGib, minGib),
    iops === undefined && `storage.type ${type} needs storage.iops`,
    iops !== undefined &&
      !isWholeBetween(iops, least, most) &&
      `storage.iops is ${iops}; ${type} of ${allocatedGib} GiB can have ${least} to ${most} (0.5 to ${maxPerGib} a GiB)`,
  ];
}

function sizeFault(allocatedGib: number, minGib: number): string | false {
  return (
    !isWholeBetween(allocatedGib, minGib, largestStorageGib) &&
    `storage.allocatedGib is ${allocatedGib}; a whole number of ${minGib} to ${largestStorageGib} is needed`
  );
}
