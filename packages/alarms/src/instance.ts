import { type InstanceClass, requireInstanceClass } from '@ecommerce-dms/rds-classes';
import type { AlarmDefinition } from './alarm-definition.ts';
import type { AlarmSettings } from './alarm-settings.ts';
import { type StorageType, type VolumePerformance, volumePerformance } from './volume-performance.ts';

export const gib = 2 ** 30;
export const mib = 2 ** 20;

/** The figures of one instance that thresholds follow from. */
export interface Instance {
  readonly class: InstanceClass;
  readonly role: AlarmDefinition['role'];
  readonly multiAz: boolean;
  readonly logExports: boolean;
  readonly maxConnections: number;
  readonly storageBytes: number;
  readonly storageType: StorageType;
  readonly storageGib: number;
  /** gp2 below the size from which its baseline reaches its burst. */
  readonly volumeBurstable: boolean;
  /** What the volume and the class both sustain; undefined where that of the class is not known. */
  readonly io: SustainedIo | undefined;
}

/** 16 KiB operations and bytes a second. */
export interface SustainedIo {
  readonly iops: number;
  /** In bytes a second. */
  readonly throughput: number;
  /** The class exceeds its EBS baseline for a while; RDS publishes its EBS balances. */
  readonly burstable: boolean;
  /** The figures behind the first two, as text. */
  readonly iopsLimits: string;
  readonly throughputLimits: string;
}

/** A definition as its file writes it: what is the same for nearly all alarms has a default. */
export type InstanceAlarm = Omit<AlarmDefinition, 'role' | 'namespace' | 'periodSeconds'> &
  Partial<Pick<AlarmDefinition, 'namespace' | 'periodSeconds'>>;

/** The figures of the instance that (valid) settings describe. */
export function describeInstance(settings: AlarmSettings): Instance {
  const { storageType = 'gp3', allocatedStorageGib, iops, throughputMibps } = settings;
  const volume = volumePerformance({ storageType, allocatedStorageGib, iops, throughputMibps });
  const ofClass = requireInstanceClass(settings.instanceClass);
  return {
    class: ofClass,
    role: settings.replica === true ? 'replica' : 'writer',
    multiAz: settings.multiAz ?? false,
    logExports: settings.logExports ?? false,
    maxConnections: settings.maxConnections,
    storageBytes: allocatedStorageGib * gib,
    storageType,
    storageGib: allocatedStorageGib,
    volumeBurstable: volume.burstable,
    io: sustainedIo(ofClass, volume, `${storageType} of ${allocatedStorageGib} GiB`),
  };
}

function sustainedIo(
  { name, ebs }: InstanceClass,
  volume: VolumePerformance,
  volumeName: string,
): SustainedIo | undefined {
  if (ebs === undefined) return undefined;
  const { baselineIops, baselineMegabytesPerSecond } = ebs;
  return {
    iops: Math.min(volume.iops, baselineIops),
    throughput: Math.min(volume.throughputMibps * mib, baselineMegabytesPerSecond * 1e6),
    burstable: ebs.maxIops > baselineIops || ebs.maxMegabytesPerSecond > baselineMegabytesPerSecond,
    iopsLimits: `${volumeName} sustains ${volume.iops} IOPS, ${name} ${baselineIops}`,
    throughputLimits: `${volumeName} sustains ${volume.throughputMibps} MiB/s, ${name} ${baselineMegabytesPerSecond} MB/s`,
  };
}
