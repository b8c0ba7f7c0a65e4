import { type InstanceClass, requireInstanceClass } from '@ecommerce-dms/rds-classes';
import type { AlarmDefinition } from './alarm-definition.ts';
import type { AlarmSettings } from './alarm-settings.ts';
import { type VolumePerformance, volumePerformance } from './volume-performance.ts';

export const gib = 2 ** 30;
export const mib = 2 ** 20;

/** The figures of one instance that thresholds follow from. */
export interface Instance {
  readonly class: InstanceClass;
  readonly role: AlarmDefinition['role'];
  readonly multiAz: boolean;
  readonly logExports: boolean;
  readonly worker: boolean;
  readonly maxConnections: number;
  readonly storageBytes: number;
  readonly storageGib: number;
  /** Whether it is gp2 of a size whose baseline is below its burst. */
  readonly volumeBurstable: boolean;
  /** What the volume and the class both sustain; undefined where the figures of the class are not known. */
  readonly io: SustainedIo | undefined;
}

/** 16 KiB operations and bytes a second. */
export interface SustainedIo {
  readonly iops: number;
  /** In bytes a second. */
  readonly throughput: number;
  /** Whether the class can exceed its EBS baseline for a while; RDS then publishes its EBS balances. */
  readonly burstable: boolean;
  /** The figures behind the first two, as text. */
  readonly iopsLimits: string;
  readonly throughputLimits: string;
}

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
    worker: settings.worker ?? false,
    maxConnections: settings.maxConnections,
    storageBytes: allocatedStorageGib * gib,
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

/** A percentage of the allocated storage, with how it follows from it as text. */
export function shareOfStorage(instance: Instance, percent: number): { bytes: number; text: string } {
  const bytes = Math.round((percent / 100) * instance.storageBytes);
  return { bytes, text: `${percent} % of ${instance.storageGib} GiB: ${(bytes / gib).toFixed(1)} GiB` };
}
