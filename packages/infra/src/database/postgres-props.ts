import type { DatabaseNetwork } from '../network/database-network.ts';
import type { DatabaseSettings } from './database-settings.ts';

/** Name and place of an instance or a cluster. */
export interface DatabaseSite {
  /** Identifier, and prefix of the names around it: 1 to 50 of a-z, 0-9 and single hyphens. */
  readonly name: string;
  /** A `Network`, or `{ vpcId, databaseSubnetIds }`. */
  readonly network: DatabaseNetwork;
  /** Key of the data, backups, snapshots, managed secret, insights and logs: an `Encryption`, or `{ keyArn }`. */
  readonly encryption: { readonly keyArn: string };
  /** Database that RDS creates. */
  readonly databaseName: string;
  /** Days for which the exported PostgreSQL logs are kept, a retention of CloudWatch Logs. Default 365. */
  readonly logRetentionDays?: number;
}

export interface PostgresInstanceProps extends DatabaseSite, DatabaseSettings {}
