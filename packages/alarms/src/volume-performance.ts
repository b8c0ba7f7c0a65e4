import { gp3Storage } from '@ecommerce-dms/rds-classes';

export const storageTypes = ['gp2', 'gp3', 'io1', 'io2'] as const;

export type StorageType = (typeof storageTypes)[number];

export interface VolumeSettings {
  readonly storageType: StorageType;
  readonly allocatedStorageGib: number;
  /** Provisioned IOPS and MiB/s, where there are any. */
  readonly iops?: number | undefined;
  readonly throughputMibps?: number | undefined;
}

export interface VolumePerformance {
  readonly iops: number;
  readonly throughputMibps: number;
  /** Whether it can exceed both for a while. */
  readonly burstable: boolean;
}

/**
 * What an RDS for PostgreSQL volume sustains, and whether it can exceed that for a while on saved credits (gp2).
 *
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
 */
export function volumePerformance(volume: VolumeSettings): VolumePerformance {
  const { storageType, allocatedStorageGib } = volume;
  const isStriped = allocatedStorageGib >= gp3Storage.stripedFromGib;
  if (storageType === 'gp2') {
    const stripes = isStriped ? 4 : 1;
    const iops = Math.min(Math.max(100, 3 * allocatedStorageGib), 16_000 * stripes);
    const perStripeMibps = allocatedStorageGib / stripes <= 170 ? 128 : 250;
    return { iops, throughputMibps: perStripeMibps * stripes, burstable: iops < 3000 * stripes };
  }
  if (storageType === 'gp3') {
    const size = isStriped ? 'striped' : 'belowStriping';
    const {
      iops = gp3Storage.includedIops[size],
      throughputMibps = gp3Storage.includedThroughputMibps[size],
    } = volume;
    return { iops, throughputMibps, burstable: false };
  }
  // io1 and io2 move at most 256 KiB an operation, up to 4,000 MiB/s.
  const iops = volume.iops ?? 0;
  return { iops, throughputMibps: Math.min(iops / 4, 4000), burstable: false };
}
