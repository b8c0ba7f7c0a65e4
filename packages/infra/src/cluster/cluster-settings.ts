import { z } from 'zod';
import { commonSettings, type DatabaseSettings, sharedSettings } from '../database/database-settings.ts';
import { whole } from '../settings-faults.ts';

const largestAcu = 256;

/** Storage of each of the three instances of a Multi-AZ DB cluster. It does not grow by itself. */
export const clusterStorageSettings = z.strictObject({
  /** Default `gp3`. */
  type: z.enum(['gp3', 'io1', 'io2']).optional(),
  /** Default 100. */
  allocatedGib: z.int().optional(),
  /** Needed for io1 and io2; for gp3 from 400 GiB on, above the 12000 that are included. */
  iops: z.int().optional(),
});

/** Capacity of Aurora Serverless v2, in Aurora capacity units (ACU) of about 2 GiB of memory each. */
export const serverlessSettings = z.strictObject({
  /** 0 to 256, in halves. With 0 the cluster pauses when nobody is connected. */
  minAcu: halves(0),
  /** 1 to 256, in halves. */
  maxAcu: halves(1),
  /** With `minAcu` 0: how long nobody must have been connected, 300 to 86400. Default 300. */
  pauseAfterSeconds: whole(300, 86_400, '300 to 86400 is possible').optional(),
});

/** Readers that come and go with the load of all readers. */
export const readerScalingSettings = z.strictObject({
  /** More than `readers`, at most 15. */
  maxReaders: z.int(),
  /** `cpu`: average utilization in percent; `connections`: average number a reader. Default `cpu`. */
  metric: z.enum(['cpu', 'connections']).optional(),
  /** What the metric is held at. Default 60 for `cpu`, 70 % of `maxConnections` for `connections`. */
  target: z.number().optional(),
});

const sharedByClusters = {
  ...sharedSettings,
  /** 1 to 35: clusters can't be without backups. Default 14. */
  backupRetentionDays: whole(1, 35, 'a cluster needs 1 to 35').optional(),
};

/** A writer and two readable standbys, each with storage of its own, in three zones. A commit waits for one standby. */
export const multiAzSettings = z.strictObject({
  mode: z.literal('multi-az'),
  /** One with local SSDs, for example `db.m6gd.large`. */
  instanceClass: z.string(),
  storage: clusterStorageSettings.optional(),
  ...sharedByClusters,
});

/** Aurora PostgreSQL: one storage in three zones, up to 16 instances on it. */
export const auroraSettings = z.strictObject({
  mode: z.literal('aurora'),
  /** Class of the writer, and of the readers; for example `db.r7g.large`. Either this or `serverless`. */
  instanceClass: z.string().optional(),
  /** Every instance of the cluster is Serverless v2. */
  serverless: serverlessSettings.optional(),
  /** 0 to 15, and the least that `readerScaling` leaves. Default 1. */
  readers: whole(0, 15, 'Aurora allows 0 to 15').optional(),
  readerScaling: readerScalingSettings.optional(),
  /** `aurora-iopt1` (I/O-Optimized) has no price for I/O and a higher one for the rest. Default `aurora`. */
  storageType: z.enum(['aurora', 'aurora-iopt1']).optional(),
  /** Default true. Major versions are never taken by themselves. */
  autoMinorVersionUpgrade: z.boolean().optional(),
  ...sharedByClusters,
});

/** A cluster in place of an instance. */
export const clusterSettings = z.discriminatedUnion('mode', [multiAzSettings, auroraSettings]);

export type ClusterSettings = z.input<typeof clusterSettings>;
export type MultiAzSettings = z.input<typeof multiAzSettings>;
export type AuroraSettings = z.input<typeof auroraSettings>;
export type ClusterStorageSettings = z.input<typeof clusterStorageSettings>;
export type ServerlessSettings = z.input<typeof serverlessSettings>;
export type ReaderScalingSettings = z.input<typeof readerScalingSettings>;

function halves(low: number) {
  return z
    .number()
    .refine(
      (acu) => Number.isInteger(acu * 2) && acu >= low && acu <= largestAcu,
      `${low} to ${largestAcu} in halves is possible`,
    );
}

/** What a cluster takes from the settings of the instance that it replaces. */
const taken = [
  ...(Object.keys(commonSettings) as (keyof typeof commonSettings)[]),
  'backupRetentionDays' as const,
];

/** Settings of a cluster in place of an instance: what the two share is the instance's, unless the cluster has its own. */
export function clusterInPlaceOf(
  database: Partial<DatabaseSettings>,
  cluster: ClusterSettings,
): ClusterSettings {
  return { ...cluster, ...Object.fromEntries(taken.map((name) => [name, cluster[name] ?? database[name]])) };
}
