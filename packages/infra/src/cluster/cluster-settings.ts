import { z } from 'zod';
import { commonSettings, type DatabaseSettings, sharedSettings } from '../database/database-settings.ts';
import { whole } from '../settings-faults.ts';

const largestAcu = 256;

/** Storage of each of the three instances of a Multi-AZ DB cluster. It does not grow by itself. */
export const clusterStorageSettings = z.strictObject({
  /** `gp3`, `io1` or `io2`. Default `gp3`. */
  type: z.enum(['gp3', 'io1', 'io2']).optional(),
  /** Size, 20 to 65536; 100 or more for io1 and io2. Default 100. */
  allocatedGib: z.int().optional(),
  /** Required for io1 and io2. For gp3 from 400 GiB on, 12000 to 64000. Default: what gp3 includes. */
  iops: z.int().optional(),
});

/** Capacity of Aurora Serverless v2, in Aurora capacity units (ACU) of about 2 GiB of memory each. */
export const serverlessSettings = z.strictObject({
  /** 0 to 256, in steps of 0.5. With 0 the cluster pauses while nobody is connected. */
  minAcu: halves(0),
  /** 1 to 256, in steps of 0.5. */
  maxAcu: halves(1),
  /** With `minAcu` 0: time without a connection after which the cluster pauses, 300 to 86400. Default 300. */
  pauseAfterSeconds: whole(300, 86_400, '300 to 86400 is possible').optional(),
});

/** Readers that Aurora adds and removes with the load of all readers. */
export const readerScalingSettings = z.strictObject({
  /** More than `readers`, at most 15. */
  maxReaders: z.int(),
  /** `cpu`, the average utilization in percent, or `connections`, the average number per reader. Default `cpu`. */
  metric: z.enum(['cpu', 'connections']).optional(),
  /** Value at which the metric is kept. Default: 60 for `cpu`, 70 % of `maxConnections` for `connections`. */
  target: z.number().optional(),
});

/** Settings that both kinds of cluster have in common. */
export const sharedByClusters = {
  ...sharedSettings,
  /** Days for which automated backups are kept, 1 to 35: a cluster always has them. Default 14. */
  backupRetentionDays: whole(1, 35, 'a cluster needs 1 to 35').optional(),
};

/** A writer and two readable standbys, each with storage of its own, in three zones. A commit waits for one standby. */
export const multiAzSettings = z.strictObject({
  /** `multi-az`. */
  mode: z.literal('multi-az'),
  /** DB instance class with local SSDs, such as `db.m6gd.large`. */
  instanceClass: z.string(),
  /** Storage of each of the three instances. Default: 100 GiB of gp3. */
  storage: clusterStorageSettings.optional(),
  ...sharedByClusters,
});

/** Aurora PostgreSQL: one storage in three zones, up to 16 instances on it. */
export const auroraSettings = z.strictObject({
  /** `aurora`. */
  mode: z.literal('aurora'),
  /**
   * Class of the writer and the readers, such as `db.r7g.large`. Either this or `serverless`. Default:
   * `db.serverless` with `serverless`.
   */
  instanceClass: z.string().optional(),
  /** Capacity of each instance, which is then of Serverless v2. Default: instances of `instanceClass`. */
  serverless: serverlessSettings.optional(),
  /**
   * Number of readers, 0 to 15, which take over from the writer in their order; `readerScaling` keeps at least
   * these. Default 1.
   */
  readers: whole(0, 15, 'Aurora allows 0 to 15').optional(),
  /** Readers that Aurora adds and removes with the load. Default none. */
  readerScaling: readerScalingSettings.optional(),
  /** `aurora`, or `aurora-iopt1` (I/O-Optimized), where I/O is free and the rest costs more. Default `aurora`. */
  storageType: z.enum(['aurora', 'aurora-iopt1']).optional(),
  /** Whether RDS installs new minor versions; major versions are never installed without you. Default true. */
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

/**
 * Settings of a cluster in place of an instance: what the two share is the instance's, unless the cluster has its
 * own.
 */
export function clusterInPlaceOf(
  database: Partial<DatabaseSettings>,
  cluster: ClusterSettings,
): ClusterSettings {
  return { ...cluster, ...Object.fromEntries(taken.map((name) => [name, cluster[name] ?? database[name]])) };
}
