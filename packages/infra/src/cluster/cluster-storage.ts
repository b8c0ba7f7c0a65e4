import { gp3Storage } from '@ecommerce-dms/rds-classes';
import { within } from '../database/complete-props.ts';
import type { ClusterStorageSettings } from './cluster-settings.ts';

const { stripedFromGiB, includedIops } = gp3Storage;

export interface ClusterStorage {
  readonly type: 'gp3' | 'io1' | 'io2';
  readonly allocatedGiB: number;
  readonly iops: number | undefined;
}

/**
 * Bounds of provisioned IOPS: in all, and for each GiB.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
 */
const provisioned = {
  io1: { minGiB: 100, minIops: 1_000, maxIops: 256_000, maxPerGiB: 50 },
  io2: { minGiB: 100, minIops: 1_000, maxIops: 256_000, maxPerGiB: 1_000 },
};
const largestGiB = 65_536;
const gp3MaxIops = 64_000;

export function completeClusterStorage(props: ClusterStorageSettings = {}): ClusterStorage {
  return { type: props.type ?? 'gp3', allocatedGiB: props.allocatedGiB ?? 100, iops: props.iops };
}

/** What RDS would refuse, each as a sentence. */
export function clusterStorageFaults(storage: ClusterStorage): (string | false)[] {
  return storage.type === 'gp3' ? gp3Faults(storage) : provisionedFaults(storage, provisioned[storage.type]);
}

function gp3Faults({ allocatedGiB, iops }: ClusterStorage): (string | false)[] {
  return [
    sizeFault(allocatedGiB, 20),
    iops !== undefined &&
      allocatedGiB < stripedFromGiB &&
      `storage.iops can't be chosen for gp3 below ${stripedFromGiB} GiB (allocatedGiB is ${allocatedGiB}): leave it out, or allocate ${stripedFromGiB} GiB`,
    iops !== undefined &&
      allocatedGiB >= stripedFromGiB &&
      !within(iops, includedIops.striped, gp3MaxIops) &&
      `storage.iops is ${iops}; ${includedIops.striped} to ${gp3MaxIops} is possible for gp3`,
  ];
}

function provisionedFaults(
  { type, allocatedGiB, iops }: ClusterStorage,
  bounds: (typeof provisioned)['io1'],
): (string | false)[] {
  const { minGiB, minIops, maxIops, maxPerGiB } = bounds;
  const least = Math.max(minIops, Math.ceil(allocatedGiB / 2));
  const most = Math.min(maxIops, allocatedGiB * maxPerGiB);
  return [
    sizeFault(allocatedGiB, minGiB),
    iops === undefined && `storage.type ${type} needs storage.iops`,
    iops !== undefined &&
      !within(iops, least, most) &&
      `storage.iops is ${iops}; ${type} of ${allocatedGiB} GiB can have ${least} to ${most} (0.5 to ${maxPerGiB} a GiB)`,
  ];
}

function sizeFault(allocatedGiB: number, minGiB: number): string | false {
  return (
    !within(allocatedGiB, minGiB, largestGiB) &&
    `storage.allocatedGiB is ${allocatedGiB}; a whole number of ${minGiB} to ${largestGiB} is needed`
  );
}
