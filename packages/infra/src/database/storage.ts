import { gp3Storage } from '@ecommerce-dms/rds-classes';
import { isWholeBetween } from '../faults.ts';
import { largestStorageGib, type StorageSettings } from './database-settings.ts';

export interface Storage {
  readonly allocatedGib: number;
  readonly maxAllocatedGib: number;
  readonly iops: number | undefined;
  readonly throughputMibps: number | undefined;
}

const { stripedFromGib, includedIops, includedThroughputMibps } = gp3Storage;
const maxIops = 64_000;
const maxThroughputMibps = 4_000;

/**
 * Completes the storage settings. Iops and throughput come together, since RDS wants both or none. From 400 GiB on
 * they are always named: when storage grows past that later, Terraform would send the old 3000 along, which RDS refuses
 * (terraform-provider-aws #28382).
 */
export function completeStorage(props: StorageSettings = {}): Storage {
  const allocatedGib = props.allocatedGib ?? 100;
  const named =
    allocatedGib >= stripedFromGib || props.iops !== undefined || props.throughputMibps !== undefined;
  return {
    allocatedGib,
    maxAllocatedGib: props.maxAllocatedGib ?? Math.min(largestStorageGib, allocatedGib * 5),
    iops: named ? (props.iops ?? includedIops.striped) : undefined,
    throughputMibps: named ? (props.throughputMibps ?? includedThroughputMibps.striped) : undefined,
  };
}

/** What RDS would refuse of settings that each alone can be had, each as a sentence. */
export function storageFaults(storage: Storage): (string | false)[] {
  const { allocatedGib, maxAllocatedGib } = storage;
  return [
    maxAllocatedGib < allocatedGib * 1.1 &&
      `storage.maxAllocatedGib is ${maxAllocatedGib}; autoscaling needs at least 10 % above allocatedGib (${allocatedGib})`,
    ...performanceFaults(storage),
  ];
}

function performanceFaults({ allocatedGib, iops, throughputMibps }: Storage): (string | false)[] {
  if (iops === undefined || throughputMibps === undefined) return [];
  if (allocatedGib < stripedFromGib) {
    return [
      `storage.iops and storage.throughputMibps can't be chosen below ${stripedFromGib} GiB (allocatedGib is ${allocatedGib}): leave them out, or allocate ${stripedFromGib} GiB`,
    ];
  }
  return [
    !isWholeBetween(iops, includedIops.striped, maxIops) &&
      `storage.iops is ${iops}; ${includedIops.striped} to ${maxIops} is possible`,
    !isWholeBetween(throughputMibps, includedThroughputMibps.striped, maxThroughputMibps) &&
      `storage.throughputMibps is ${throughputMibps}; ${includedThroughputMibps.striped} to ${maxThroughputMibps} is possible`,
    throughputMibps > iops / 4 &&
      `storage.throughputMibps is ${throughputMibps}; it can be at most a quarter of iops (${iops})`,
  ];
}
