import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { entities } from './entities.ts';
import { migrations } from './migrations/migrations.ts';
import { AddAuditLogPartitions, RotateAuditLog } from './operations/audit-log-routines.ts';

/** What {@link ormOptions} needs to know. */
export interface OrmSettings {
  /** `postgres://` URL of the writer. */
  url: string;
  /** URL of a reader: reads outside of transactions go there. */
  readerUrl?: string;
  /** What `pg_stat_activity` shows; `ecommerce-dms` unless told. */
  applicationName?: string;
  /** The longest a statement may take; 30 s unless told, 0 for no limit. */
  statementTimeoutMs?: number;
  /** The longest a statement may wait for a lock; 5 s unless told, 0 for no limit. */
  lockTimeoutMs?: number;
}

/** MikroORM's options for the shop: its entities, its migrations, timeouts, UTC. */
export function ormOptions(settings: OrmSettings) {
  const { url, readerUrl, applicationName = 'ecommerce-dms' } = settings;
  return defineConfig({
    clientUrl: url,
    ...(readerUrl === undefined ? {} : { replicas: [{ clientUrl: readerUrl }], preferReadReplicas: true }),
    entities,
    routines: [AddAuditLogPartitions, RotateAuditLog],
    forceUtcTimezone: true,
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false },
    schemaGenerator: {
      // Its partitions come and go with the months, which MikroORM's diff takes for a table to rebuild.
      skipTables: ['audit_log', /^audit_log_/],
    },
    driverOptions: {
      application_name: applicationName,
      statement_timeout: settings.statementTimeoutMs ?? 30_000,
      lock_timeout: settings.lockTimeoutMs ?? 5_000,
    },
  });
}
