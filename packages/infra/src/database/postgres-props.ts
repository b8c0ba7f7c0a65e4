import type { DatabaseNetwork } from '../network/database-network.ts';
import type { RestoreProps } from './restore.ts';
import type { StorageProps } from './storage.ts';

export interface PostgresInstanceProps {
  /** Identifier of the DB instance, and prefix of the names around it: 1 to 50 of a-z, 0-9 and single hyphens. */
  readonly name: string;
  readonly network: DatabaseNetwork;
  /** Key of the data, backups, snapshots, managed secret, insights and logs. */
  readonly encryption: { readonly keyArn: string };
  /** For example `db.m7g.large`. */
  readonly instanceClass: string;
  /** Database that RDS creates. */
  readonly databaseName: string;
  /** Default 18. */
  readonly majorVersion?: number;
  /** A standby in another zone that takes over when the writer is lost. Default true. */
  readonly multiAz?: boolean;
  /** Read replicas in the same region, 0 to 15. Default 0. */
  readonly replicas?: number;
  /** Default: the writer's class. */
  readonly replicaInstanceClass?: string;
  readonly storage?: StorageProps;
  /** Not PostgreSQL's own 5432, which scanners try first (Security Hub RDS.23). Default 15432. */
  readonly port?: number;
  /** Name of the administrator, none that everybody guesses (Security Hub RDS.25). Default `dba`. */
  readonly adminUsername?: string;
  /**
   * Who makes and keeps the administrator's password: RDS, which rotates it, or Secrets Manager. RDS refuses to where
   * there are replicas, in this region or another, and with `blueGreen`. Default `rds` where it can.
   */
  readonly adminPassword?: 'rds' | 'secrets-manager';
  /** Raise it, and Secrets Manager makes a new password. RDS takes no notice. Default 1. */
  readonly adminPasswordVersion?: number;
  /** Default: 100 for each GiB of the class's memory, at most 5000. Needed for a class that is not in the table. */
  readonly maxConnections?: number;
  /** PostgreSQL parameters by name; they win over the safe ones. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** 0 to 35. Default 14. */
  readonly backupRetentionDays?: number;
  /** UTC, at least 30 minutes, outside of the maintenance window. Default `02:00-03:00`. */
  readonly backupWindow?: string;
  /** UTC. Default `sun:03:30-sun:04:30`. */
  readonly maintenanceWindow?: string;
  /** Default true. */
  readonly deletionProtection?: boolean;
  /** Take a snapshot named `<name>-final` when the database is deleted. Default true. */
  readonly finalSnapshot?: boolean;
  /** Interval of enhanced monitoring: 1, 5, 10, 15, 30 or 60. Default 60. */
  readonly monitoringIntervalSeconds?: number;
  /** `advanced` keeps 465 days, for a price a vCPU; `standard` keeps 7 days, for free. Default `standard`. */
  readonly insights?: 'standard' | 'advanced';
  /** Days that the exported PostgreSQL logs are kept. Default 365. */
  readonly logRetentionDays?: number;
  /** Certificate authority of the server certificate. Default `rds-ca-rsa2048-g1`. */
  readonly caCertificate?: string;
  /** Default true. Major versions are never taken by themselves. */
  readonly autoMinorVersionUpgrade?: boolean;
  /** Apply changes at once rather than in the maintenance window. Default false. */
  readonly applyImmediately?: boolean;
  /**
   * Apply updates that need a restart to a copy, and switch over to it within a minute. Not with replicas, which
   * would go on following the old instance. Default false.
   */
  readonly blueGreen?: boolean;
  /** Restore a snapshot, or a point in time, in place of an empty database. Read at creation alone. Default none. */
  readonly restore?: RestoreProps;
}
