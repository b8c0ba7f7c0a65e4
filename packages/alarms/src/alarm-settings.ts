import type { AlarmDefinition, AlarmId } from './alarm-definition.ts';
import type { StorageType } from './volume-performance.ts';

/** The database instance that alarms are for. */
export interface AlarmSettings {
  /** A class that RDS or Aurora has for PostgreSQL, for example `db.t4g.medium`. */
  instanceClass: string;
  /** Allocated storage, 20 to 65536 GiB. */
  allocatedStorageGib: number;
  /** `max_connections` of the instance's parameter group, 6 to 262143. */
  maxConnections: number;
  /** Whether the instance is a read replica. Default: false. */
  replica?: boolean;
  /** Whether the instance has a standby in another zone. Default: false. */
  multiAz?: boolean;
  /** Default: `gp3`. */
  storageType?: StorageType;
  /** Provisioned IOPS: required for io1 and io2, possible for gp3 from 400 GiB. */
  iops?: number;
  /** Provisioned MiB/s: possible for gp3 from 400 GiB. */
  throughputMibps?: number;
  /** Whether the PostgreSQL log goes to CloudWatch Logs, where deadlocks can be counted. Default: false. */
  logExports?: boolean;
  /**
   * Whether a worker leads on the database, which writes `worker: up to date` into the PostgreSQL log each minute while
   * all its tasks succeed, and whose session is named `... worker leader ...`. With `logExports`. Default: false.
   */
  worker?: boolean;
  /** Changes by alarm id; `false` leaves the alarm out. An id that does not apply to this instance has no effect. */
  overrides?: Partial<Record<AlarmId, AlarmOverride | false>>;
}

/** What can be changed in one alarm. */
export type AlarmOverride = Partial<Pick<AlarmDefinition, (typeof overridable)[number]>>;

export const overridable = [
  'threshold',
  'evaluationPeriods',
  'datapointsToAlarm',
  'periodSeconds',
  'treatMissingData',
  'severity',
] as const;
