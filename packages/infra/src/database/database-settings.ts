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
  /** Not PostgreSQL's own 5432, which scanners try first (Security Hub RDS.23). Default 15432. */
  port: whole(1150, 65_535, 'RDS allows 1150 to 65535').optional(),
  /** Name of the administrator, none that everybody guesses (Security Hub RDS.25). Default `dba`. */
  adminUsername: checkedText(
    (name) =>
      (!/^[a-z][a-z0-9_]{0,62}$/.test(name) || poorAdminNames.includes(name)) &&
      'is reserved, or easy to guess, or not of a-z, 0-9 and _',
  ).optional(),
  /** PostgreSQL parameters by name; they win over the safe ones. */
  parameters: z
    .record(z.string(), z.string())
    .refine((parameters) => !('max_connections' in parameters), {
      path: ['max_connections'],
      message: 'use maxConnections instead',
    })
    .readonly()
    .optional(),
  /** UTC, at least 30 minutes, outside of the maintenance window. Default `02:00-03:00`. */
  backupWindow: checkedText(backupWindowFault).optional(),
  /** UTC, at least 30 minutes. Default `sun:03:30-sun:04:30`. */
  maintenanceWindow: checkedText(maintenanceWindowFault).optional(),
  /** Default true. */
  deletionProtection: z.boolean().optional(),
  /** Take a snapshot named `<name>-final` when the database is deleted. Default true. */
  finalSnapshot: z.boolean().optional(),
  /** Interval of enhanced monitoring: 1, 5, 10, 15, 30 or 60. Default 60. */
  monitoringIntervalSeconds: z
    .number()
    .refine(
      (seconds) => monitoringIntervals.includes(seconds),
      `one of ${monitoringIntervals.join(', ')} is needed`,
    )
    .optional(),
  /** `advanced` keeps 465 days, for a price a vCPU; `standard` keeps 7 days, for free. Default `standard`. */
  insights: z.enum(['standard', 'advanced']).optional(),
  /** Certificate authority of the server certificate. Default `rds-ca-rsa2048-g1`. */
  caCertificate: z.string().optional(),
  /** Apply changes at once rather than in the maintenance window. Default false. */
  applyImmediately: z.boolean().optional(),
};

/** All settings that an instance and a cluster have in common. */
export const sharedSettings = {
  /** 15 to 18. Default 18; 17 for a Multi-AZ cluster. */
  majorVersion: whole(15, 18, '15 to 18 are supported').optional(),
  /**
   * Default: 100 for each GiB of the class's memory, at most 5000; of Serverless v2, as Aurora derives it. Needed for a
   * class whose memory is not known.
   */
  maxConnections: whole(6, Number.MAX_SAFE_INTEGER, '6 or more are needed').optional(),
  ...commonSettings,
};

/** gp3 storage of a database. */
export const storageSettings = z.strictObject({
  /** At creation. Default 100. */
  allocatedGib: whole(20, largestStorageGib).optional(),
  /** Ceiling of storage autoscaling. Default: five times the allocation, at most 65536. */
  maxAllocatedGib: whole(20, largestStorageGib).optional(),
  /** Above the 12000 that are included from 400 GiB on. Refused below 400 GiB. */
  iops: z.int().optional(),
  /** Above the 500 MiB/s that are included from 400 GiB on. Refused below 400 GiB. */
  throughputMibps: z.int().optional(),
});

const source = checkedText((name) => name === '' && 'is a source without a name');

/** What a database is made from: one snapshot, or the automated backups of one instance. */
export const restoreSettings = z.strictObject({
  /** Name or ARN of a snapshot. */
  snapshotIdentifier: source.optional(),
  /** Instance of this region and account, to be restored to a point in time. */
  sourceIdentifier: source.optional(),
  /** ARN of automated backups that outlived their instance or came from another region. */
  sourceBackupsArn: source.optional(),
  /** Point in time, in UTC: `2026-11-22T10:00:00Z`. Default: the latest that there is. Not for a snapshot. */
  time: checkedText(
    (time) =>
      !(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) && !Number.isNaN(Date.parse(time))) &&
      'is not a time in UTC such as 2026-11-22T10:00:00Z',
  ).optional(),
});

/** What can be chosen of an instance. */
export const databaseSettings = z.strictObject({
  ...sharedSettings,
  /** For example `db.m7g.large`. */
  instanceClass: z.string(),
  /** A standby in another zone that takes over when the writer is lost. Default true. */
  multiAz: z.boolean().optional(),
  /** Read replicas in the same region, 0 to 15. Default 0. */
  replicas: whole(0, 15, 'RDS allows 0 to 15').optional(),
  /** Default: the writer's class. */
  replicaInstanceClass: z.string().optional(),
  storage: storageSettings.optional(),
  /**
   * Who makes and keeps the administrator's password: RDS, which rotates it, or Secrets Manager. RDS refuses to where
   * there are replicas, in this region or another, and with `blueGreen`. Default `rds` where it can.
   */
  adminPassword: z.enum(['rds', 'secrets-manager']).optional(),
  /** Raise it, and Secrets Manager makes a new password. RDS takes no notice. Default 1. */
  adminPasswordVersion: counted.optional(),
  /** 0 to 35. Default 14. */
  backupRetentionDays: whole(0, 35, 'RDS allows 0 to 35').optional(),
  /** Default true. Major versions are never taken by themselves. */
  autoMinorVersionUpgrade: z.boolean().optional(),
  /**
   * Apply updates that need a restart to a copy, and switch over to it within a minute. Not with replicas, which
   * would go on following the old instance. Default false.
   */
  blueGreen: z.boolean().optional(),
  /** Restore a snapshot, or a point in time, in place of an empty database. Read at creation alone. Default none. */
  restore: restoreSettings.optional(),
});

export type DatabaseSettings = z.input<typeof databaseSettings>;
export type StorageSettings = z.input<typeof storageSettings>;
export type RestoreSettings = z.input<typeof restoreSettings>;
