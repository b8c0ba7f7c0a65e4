import { z } from 'zod';
import { checkedText, counted, whole } from '../settings-faults.ts';
import { backupWindowFault, maintenanceWindowFault } from './windows.ts';

const monitoringIntervals = [1, 5, 10, 15, 30, 60];
/** Names that RDS reserves, or that every scanner tries. */
const poorAdminNames = ['postgres', 'admin', 'root', 'rdsadmin', 'rds_superuser', 'administrator', 'master'];
/** What RDS allocates at most, in GiB. */
export const largestStorageGib = 65_536;

/** Settings that an instance and a cluster have in common, with the same defaults. */
export const commonSettings = {
  /** Port, 1150 to 65535. Default 15432: scanners try PostgreSQL's own 5432 first (Security Hub RDS.23). */
  port: whole(1150, 65_535, 'RDS allows 1150 to 65535').optional(),
  /** Name of the administrator, which must not be easy to guess (Security Hub RDS.25). Default `dba`. */
  adminUsername: checkedText(
    (name) =>
      (!/^[a-z][a-z0-9_]{0,62}$/.test(name) || poorAdminNames.includes(name)) &&
      'is reserved, or easy to guess, or not of a-z, 0-9 and _',
  ).optional(),
  /** PostgreSQL parameters by name; they override the safe defaults. Default none. */
  parameters: z
    .record(z.string(), z.string())
    .refine((parameters) => !('max_connections' in parameters), {
      path: ['max_connections'],
      message: 'use maxConnections instead',
    })
    .readonly()
    .optional(),
  /** Daily window of 30 minutes or more, in UTC, outside of the maintenance window. Default `02:00-03:00`. */
  backupWindow: checkedText(backupWindowFault).optional(),
  /** Weekly window of 30 minutes or more, in UTC. Default `sun:03:30-sun:04:30`. */
  maintenanceWindow: checkedText(maintenanceWindowFault).optional(),
  /** Whether RDS refuses to delete the database. Default true. */
  deletionProtection: z.boolean().optional(),
  /** Whether a snapshot named `<name>-final` is taken when the database is deleted. Default true. */
  finalSnapshot: z.boolean().optional(),
  /** Interval of enhanced monitoring: 1, 5, 10, 15, 30 or 60. Default 60. */
  monitoringIntervalSeconds: z
    .number()
    .refine(
      (seconds) => monitoringIntervals.includes(seconds),
      `one of ${monitoringIntervals.join(', ')} is needed`,
    )
    .optional(),
  /**
   * Database Insights: `standard` keeps 7 days and is free, `advanced` keeps 465 days, at a price per vCPU. Default
   * `standard`.
   */
  insights: z.enum(['standard', 'advanced']).optional(),
  /** Certificate authority of the server certificate. Default `rds-ca-rsa2048-g1`. */
  caCertificate: z.string().optional(),
  /** Whether changes are applied at once, and not in the maintenance window. Default false. */
  applyImmediately: z.boolean().optional(),
};

/** All settings that an instance and a cluster have in common. */
export const sharedSettings = {
  /** Major version of PostgreSQL, 15 to 18; RDS updates minor versions. Default 18; 17 for a Multi-AZ DB cluster. */
  majorVersion: whole(15, 18, '15 to 18 are supported').optional(),
  /**
   * PostgreSQL's max_connections, 6 to the number that RDS derives from the memory. Needed for a class whose memory is
   * not known. Default: 100 for each GiB of memory, at most 5000; Aurora's own for Serverless v2.
   */
  maxConnections: whole(6, Number.MAX_SAFE_INTEGER, '6 or more are needed').optional(),
  ...commonSettings,
};

/** gp3 storage of a database. */
export const storageSettings = z.strictObject({
  /** Size at creation, 20 to 65536. Default 100. */
  allocatedGib: whole(20, largestStorageGib).optional(),
  /** Ceiling of storage autoscaling. Default: five times `allocatedGib`, at most 65536. */
  maxAllocatedGib: whole(20, largestStorageGib).optional(),
  /** 12000 to 64000. Refused below 400 GiB, where 3000 are included. Default: the 12000 that are included. */
  iops: z.int().optional(),
  /**
   * 500 to 4000, at most a quarter of `iops`. Refused below 400 GiB, where 125 are included. Default: the 500 that are
   * included.
   */
  throughputMibps: z.int().optional(),
});

const source = checkedText((name) => name === '' && 'is a source without a name');

/** What a database is restored from: one snapshot, or the automated backups of one instance. */
export const restoreSettings = z.strictObject({
  /** Name or ARN of a snapshot. Default none. */
  snapshotIdentifier: source.optional(),
  /** Instance of this region and account whose automated backups are used. Default none. */
  sourceIdentifier: source.optional(),
  /** ARN of automated backups that outlived their instance or were replicated from another region. Default none. */
  sourceBackupsArn: source.optional(),
  /** Point in time, in UTC, such as `2026-11-22T10:00:00Z`; not for a snapshot. Default: the latest possible. */
  time: checkedText(
    (time) =>
      !(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) && !Number.isNaN(Date.parse(time))) &&
      'is not a time in UTC such as 2026-11-22T10:00:00Z',
  ).optional(),
});

/** Settings of an instance. */
export const databaseSettings = z.strictObject({
  ...sharedSettings,
  /** DB instance class, such as `db.m7g.large`. RDS must offer it in the region. */
  instanceClass: z.string(),
  /** Whether a standby in another zone takes over when the writer is lost. Default true. */
  multiAz: z.boolean().optional(),
  /** Number of read replicas in the same region, 0 to 15. They need backups. Default 0. */
  replicas: whole(0, 15, 'RDS allows 0 to 15').optional(),
  /** Class of the read replicas. Default: the writer's class. */
  replicaInstanceClass: z.string().optional(),
  /** gp3 storage. Default: 100 GiB that can grow to 500. */
  storage: storageSettings.optional(),
  /**
   * What creates the administrator's password: `rds`, which also rotates it, or `secrets-manager`. RDS does not manage
   * the password of an instance with replicas, in any region, or with `blueGreen`. Default: `rds` where possible.
   */
  adminPassword: z.enum(['rds', 'secrets-manager']).optional(),
  /** Raise it for a new password from Secrets Manager. It has no effect with `rds`. Default 1. */
  adminPasswordVersion: counted.optional(),
  /** Days for which automated backups are kept, 0 to 35. Default 14. */
  backupRetentionDays: whole(0, 35, 'RDS allows 0 to 35').optional(),
  /** Whether RDS installs new minor versions; major versions are never installed without you. Default true. */
  autoMinorVersionUpgrade: z.boolean().optional(),
  /**
   * Whether updates that need a restart are applied to a copy, which takes over within a minute. Not with replicas: they
   * would go on following the old instance. Default false.
   */
  blueGreen: z.boolean().optional(),
  /** A snapshot or a point in time to start from. It is read only at creation. Default: an empty database. */
  restore: restoreSettings.optional(),
});

export type DatabaseSettings = z.input<typeof databaseSettings>;
export type StorageSettings = z.input<typeof storageSettings>;
export type RestoreSettings = z.input<typeof restoreSettings>;
