import type { AlarmDefinition } from './alarm-definition.ts';
import type { AlarmSettings } from './alarm-settings.ts';
import { instanceClasses, type InstanceClass } from './instance-classes.ts';
import { volumePerformance, type StorageType } from './volume-performance.ts';

export const gib = 2 ** 30;
export const mib = 2 ** 20;

/** The figures of one instance that thresholds follow from. */
export interface Instance {
  readonly class: InstanceClass;
  readonly role: AlarmDefinition['role'];
  readonly multiAz: boolean;
  readonly logExports: boolean;
  readonly maxConnections: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly storageType: StorageType;
  readonly storageGib: number;
  /** gp2 below the size from which its baseline reaches its burst. */
  readonly volumeBurstable: boolean;
  /** What volume and class both sustain. */
  readonly usableIops: number;
  /** What volume and class both sustain, in bytes a second. */
  readonly usableThroughput: number;
  /** The figures behind the two above, as text. */
  readonly iopsLimits: string;
  readonly throughputLimits: string;
}

/** A definition as its file writes it: what is the same for nearly all alarms has a default. */
export type InstanceAlarm = Omit<AlarmDefinition, 'role' | 'namespace' | 'periodSeconds'> &
  Partial<Pick<AlarmDefinition, 'namespace' | 'periodSeconds'>>;

/** The figures of the instance that (valid) settings describe. */
export function describeInstance(settings: AlarmSettings): Instance {
  const instanceClass = instanceClasses.get(settings.instanceClass);
  if (instanceClass === undefined) throw new Error(`unknown class ${settings.instanceClass}`);
  const { storageType = 'gp3', allocatedStorageGib, iops, throughputMibps } = settings;
  const volume = volumePerformance({ storageType, allocatedStorageGib, iops, throughputMibps });
  const { ebsBaselineIops, ebsBaselineMegabytesPerSecond } = instanceClass;
  return {
    class: instanceClass,
    role: settings.replica === true ? 'replica' : 'writer',
    multiAz: settings.multiAz ?? false,
    logExports: settings.logExports ?? false,
    maxConnections: settings.maxConnections,
    memoryBytes: instanceClass.memoryGib * gib,
    storageBytes: allocatedStorageGib * gib,
    storageType,
    storageGib: allocatedStorageGib,
    volumeBurstable: volume.burstable,
    usableIops: Math.min(volume.iops, ebsBaselineIops),
    usableThroughput: Math.min(volume.throughputMibps * mib, ebsBaselineMegabytesPerSecond * 1e6),
    iopsLimits: `${storageType} of ${allocatedStorageGib} GiB sustains ${volume.iops} IOPS, ${instanceClass.name} ${ebsBaselineIops}`,
    throughputLimits: `${storageType} of ${allocatedStorageGib} GiB sustains ${volume.throughputMibps} MiB/s, ${instanceClass.name} ${ebsBaselineMegabytesPerSecond} MB/s`,
  };
}
