import type { DatabaseNetwork } from '../network/database-network.ts';
import type { DatabaseSettings } from './database-settings.ts';

/** Where an instance or a cluster belongs. */
export interface DatabaseSite {
  /** Identifier, and prefix of the names around it: 1 to 50 of a-z, 0-9 and single hyphens. */
  readonly name: string;
  readonly network: DatabaseNetwork;
  /** Key of the data, backups, snapshots, managed secret, insights and logs. */
  readonly encryption: { readonly keyArn: string };
  /** Database that RDS creates. */
  readonly databaseName: string;
  /** Days that the exported PostgreSQL logs are kept. Default 365. */
  readonly logRetentionDays?: number;
}

export interface PostgresInstanceProps extends DatabaseSite, DatabaseSettings {}
