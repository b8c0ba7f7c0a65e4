import type { PostgresInstanceProps } from '../database/postgres-props.ts';

/** What a cluster has in common with an instance, with the same meaning and, unless said otherwise, defaults. */
interface CommonClusterProps extends Pick<
  PostgresInstanceProps,
  | 'name'
  | 'network'
  | 'encryption'
  | 'databaseName'
  | 'majorVersion'
  | 'port'
  | 'adminUsername'
  | 'maxConnections'
  | 'parameters'
  | 'backupWindow'
  | 'maintenanceWindow'
  | 'deletionProtection'
  | 'finalSnapshot'
  | 'monitoringIntervalSeconds'
  | 'insights'
  | 'logRetentionDays'
  | 'caCertificate'
  | 'applyImmediately'
> {
  /** 1 to 35: clusters can't be without backups. Default 14. */
  readonly backupRetentionDays?: number;
}

/** Storage of each of the three instances of a Multi-AZ DB cluster. It does not grow by itself. */
export interface ClusterStorageProps {
  /** Default `gp3`. */
  readonly type?: 'gp3' | 'io1' | 'io2';
  /** Default 100. */
  readonly allocatedGiB?: number;
  /** Needed for io1 and io2; for gp3 from 400 GiB on, above the 12000 that are included. */
  readonly iops?: number;
}

/** A writer and two readable standbys, each with storage of its own, in three zones. A commit waits for one standby. */
export interface MultiAzClusterProps extends CommonClusterProps {
  readonly mode: 'multi-az';
  /** One with local SSDs, for example `db.m6gd.large`. */
  readonly instanceClass: string;
  readonly storage?: ClusterStorageProps;
}

/** Capacity of Aurora Serverless v2, in Aurora capacity units (ACU) of about 2 GiB of memory each. */
export interface ServerlessProps {
  /** 0 to 256, in halves. With 0 the cluster pauses when nobody is connected. */
  readonly minAcu: number;
  /** 1 to 256, in halves. */
  readonly maxAcu: number;
  /** With `minAcu` 0: how long nobody must have been connected, 300 to 86400. Default 300. */
  readonly pauseAfterSeconds?: number;
}

/** Readers that come and go with the load of all readers. */
export interface ReaderScalingProps {
  /** More than `readers`, at most 15. */
  readonly maxReaders: number;
  /** `cpu`: average utilization in percent; `connections`: average number a reader. Default `cpu`. */
  readonly metric?: 'cpu' | 'connections';
  /** What the metric is held at. Default 60 for `cpu`, 70 % of `maxConnections` for `connections`. */
  readonly target?: number;
}

/** Aurora PostgreSQL: one storage in three zones, up to 16 instances on it. */
export interface AuroraClusterProps extends CommonClusterProps {
  readonly mode: 'aurora';
  /** Class of the writer, and of the readers; for example `db.r7g.large`. Either this or `serverless`. */
  readonly instanceClass?: string;
  /** Every instance of the cluster is Serverless v2. */
  readonly serverless?: ServerlessProps;
  /** 0 to 15, and the least that `readerScaling` leaves. Default 1. */
  readonly readers?: number;
  readonly readerScaling?: ReaderScalingProps;
  /** `aurora-iopt1` (I/O-Optimized) has no price for I/O and a higher one for the rest. Default `aurora`. */
  readonly storageType?: 'aurora' | 'aurora-iopt1';
  /** Default true. Major versions are never taken by themselves. */
  readonly autoMinorVersionUpgrade?: boolean;
}

export type PostgresClusterProps = MultiAzClusterProps | AuroraClusterProps;
