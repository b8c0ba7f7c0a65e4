import { gp3Storage, instanceClassFault } from '@ecommerce-dms/rds-classes';
import { alarmIds } from './alarm-definition.ts';
import { overridable, type AlarmSettings } from './alarm-settings.ts';
import { underivableAlarms } from './underivable-alarms.ts';
import { storageTypes } from './volume-performance.ts';

const { stripedFromGib } = gp3Storage;

const known: Record<keyof AlarmSettings, true> = {
  instanceClass: true,
  allocatedStorageGib: true,
  maxConnections: true,
  replica: true,
  multiAz: true,
  storageType: true,
  iops: true,
  throughputMibps: true,
  logExports: true,
  worker: true,
  overrides: true,
};

/** Every fault in the description of the instance, as sentences. Without one, definitions can be derived. */
export function instanceFaults(settings: AlarmSettings): string[] {
  return [
    ...unknownNames('setting', Object.keys(settings), Object.keys(known)),
    ...classFaults(settings),
    ...sizeFaults(settings),
    ...volumeFaults(settings),
  ];
}

function classFaults({ instanceClass, overrides }: AlarmSettings): string[] {
  const fault = instanceClassFault(String(instanceClass));
  if (fault !== undefined) return [`instanceClass ${fault}.`];
  const missing = underivableAlarms(instanceClass).filter((id) => overrides?.[id] !== false);
  if (missing.length === 0) return [];
  return [
    `instanceClass "${instanceClass}": no source has the figures that ${missing.join(', ')} follow from; set each of them to false in overrides.`,
  ];
}

function sizeFaults(settings: AlarmSettings): string[] {
  // RDS for PostgreSQL's limits of general purpose storage, and of the parameter max_connections.
  const faults = [
    ...wholeNumberFaults('allocatedStorageGib', settings.allocatedStorageGib, 20, 65_536),
    ...wholeNumberFaults('maxConnections', settings.maxConnections, 6, 262_143),
  ];
  for (const name of ['replica', 'multiAz', 'logExports', 'worker'] as const) {
    const value = settings[name];
    if (value !== undefined && typeof value !== 'boolean') faults.push(`${name} must be true or false.`);
  }
  return faults;
}

function volumeFaults(settings: AlarmSettings): string[] {
  const { storageType = 'gp3', iops, throughputMibps } = settings;
  if (!storageTypes.includes(storageType)) {
    return [`storageType ${JSON.stringify(storageType)} must be one of ${storageTypes.join(', ')}.`];
  }
  const faults: string[] = [];
  const provisioned = storageType === 'io1' || storageType === 'io2';
  const tunable = storageType === 'gp3' && settings.allocatedStorageGib >= stripedFromGib;
  if (iops !== undefined) faults.push(...wholeNumberFaults('iops', iops, 1000, 256_000));
  if (throughputMibps !== undefined)
    faults.push(...wholeNumberFaults('throughputMibps', throughputMibps, 125, 4000));
  if (provisioned && iops === undefined) faults.push(`storageType ${storageType} needs iops.`);
  if (!provisioned && !tunable && iops !== undefined) {
    faults.push(
      `iops cannot be set: only io1, io2, and gp3 from ${stripedFromGib} GiB, have provisioned IOPS.`,
    );
  }
  if (!tunable && throughputMibps !== undefined) {
    faults.push(
      `throughputMibps cannot be set: only gp3 from ${stripedFromGib} GiB has provisioned throughput.`,
    );
  }
  return faults;
}

/** Every fault in the names of the overrides; their values are checked with the alarms that they change. */
export function overrideFaults(overrides: NonNullable<AlarmSettings['overrides']>): string[] {
  const faults = unknownNames('alarm id in overrides', Object.keys(overrides), alarmIds);
  for (const [id, override] of Object.entries(overrides)) {
    if (override === false) continue;
    if (typeof override !== 'object' || override === null) {
      faults.push(`overrides['${id}'] must be false, or an object with ${overridable.join(', ')}.`);
      continue;
    }
    faults.push(...unknownNames(`setting in overrides['${id}']`, Object.keys(override), overridable));
  }
  return faults;
}

function unknownNames(what: string, names: readonly string[], knownNames: readonly string[]): string[] {
  const unknown = names.filter((name) => !knownNames.includes(name));
  if (unknown.length === 0) return [];
  return [`Unknown ${what}: ${unknown.join(', ')}. Known: ${knownNames.join(', ')}.`];
}

function wholeNumberFaults(name: string, value: unknown, min: number, max: number): string[] {
  if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return [];
  return [`${name} is ${JSON.stringify(value)}; it must be a whole number from ${min} to ${max}.`];
}
