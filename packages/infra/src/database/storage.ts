import { gp3Storage } from '@ecommerce-dms/rds-classes';
import type { StorageSettings } from './database-settings.ts';

export interface Storage {
  readonly allocatedGiB: number;
  readonly maxAllocatedGiB: number;
  readonly iops: number | undefined;
  readonly throughputMibps: number | undefined;
}

const { stripedFromGiB, includedIops, includedThroughputMibps } = gp3Storage;
const maxIops = 64_000;
const maxThroughputMibps = 4_000;
const largestGiB = 65_536;

/**
 * Completes the storage settings. Iops and throughput come together, since RDS wants both or none. From 400 GiB on
 * they are always named: when storage grows past that later, Terraform would send the old 3000 along, which RDS refuses
 * (terraform-provider-aws #28382).
 */
export function completeStorage(props: StorageSettings = {}): Storage {
  const allocatedGiB = props.allocatedGiB ?? 100;
  const named =
    allocatedGiB >= stripedFromGiB || props.iops !== undefined || props.throughputMibps !== undefined;
  return {
    allocatedGiB,
    maxAllocatedGiB: props.maxAllocatedGiB ?? Math.min(largestGiB, allocatedGiB * 5),
    iops: named ? (props.iops ?? includedIops.striped) : undefined,
    throughputMibps: named ? (props.throughputMibps ?? includedThroughputMibps.striped) : undefined,
  };
}

/** What RDS would refuse of settings that each alone can be had, each as a sentence. */
export function storageFaults(storage: Storage): string[] {
  const { allocatedGiB, maxAllocatedGiB, iops, throughputMibps } = storage;
  const faults: (string | false)[] = [
    maxAllocatedGiB < allocatedGiB * 1.1 &&
      `storage.maxAllocatedGiB is ${maxAllocatedGiB}; autoscaling needs at least 10 % above allocatedGiB (${allocatedGiB})`,
  ];
  if (iops !== undefined && throughputMibps !== undefined) {
    if (allocatedGiB < stripedFromGiB) {
      faults.push(
        `storage.iops and storage.throughputMibps can't be chosen below ${stripedFromGiB} GiB (allocatedGiB is ${allocatedGiB}): leave them out, or allocate ${stripedFromGiB} GiB`,
      );
    } else {
      faults.push(
        !isWholeBetween(iops, includedIops.striped, maxIops) &&
          `storage.iops is ${iops}; ${includedIops.striped} to ${maxIops} is possible`,
        !isWholeBetween(throughputMibps, includedThroughputMibps.striped, maxThroughputMibps) &&
          `storage.throughputMibps is ${throughputMibps}; ${includedThroughputMibps.striped} to ${maxThroughputMibps} is possible`,
        throughputMibps > iops / 4 &&
          `storage.throughputMibps is ${throughputMibps}; it can be at most a quarter of iops (${iops})`,
      );
    }
  }
  return faults.filter((fault) => typeof fault === 'string');
}

function isWholeBetween(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}
