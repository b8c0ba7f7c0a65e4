import { checkDatabaseUrl } from '@ecommerce-dms/errors';
import { Migrator } from '@ecommerce-dms/migrator';
import { defineConfig } from '@mikro-orm/postgresql';

import { entities } from './entities.ts';
import { migrations } from './migrations/migrations.ts';
import { AddAuditLogPartitions, RotateAuditLog } from './runtime/audit-log-routines.ts';
import { LazyBeginClient } from './lazy-begin-client.ts';
import { releaseLostClients } from './release-lost-clients.ts';

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

/**
 * MikroORM's options for the shop: its entities, its migrations, timeouts, UTC and ISO dates. Parameters of the URL reach the
 * driver (`sslmode`, `sslrootcert`, `options`...).
 *
 * @throws UserError `invalid-database-url`, exit code 2
 * @example
 * ```ts
 * import { ormOptions } from '@ecommerce-dms/entities';
 * import { MikroORM } from '@mikro-orm/postgresql';
 *
 * const orm = await MikroORM.init(ormOptions({ url: 'postgres://shop_app:app-secret@127.0.0.1:5432/shop' }));
 * const em = orm.em.fork(); // one a request
 * await orm.close();
 * ```
 */
export function ormOptions(settings: OrmSettings) {
  const { url, readerUrl } = settings;
  return defineConfig({
    clientUrl: url,
    driverOptions: driverOptions(url, settings),
    ...(readerUrl === undefined
      ? {}
      : {
          replicas: [{ clientUrl: readerUrl, driverOptions: driverOptions(readerUrl, settings) }],
          preferReadReplicas: true,
        }),
    entities,
    routines: [AddAuditLogPartitions, RotateAuditLog],
    forceUtcTimezone: true,
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false },
    schemaGenerator: {
      // Its partitions come and go with the months, which MikroORM's diff takes for a table to rebuild.
      skipTables: ['audit_log', /^audit_log_/],
    },
  });
}

/**
 * As the driver and our code read what the server writes, whatever the server, the database or the role are set to: a
 * `DateStyle` of `SQL, DMY` would make the 3rd of December the 12th of March.
 */
const asDriversRead = ['timezone=UTC', 'datestyle=ISO', 'extra_float_digits=1'];

/** Operations lock, and then read what they waited for, which a snapshot would hide. The URL may say otherwise. */
const asOperationsLock = ['default_transaction_isolation=read\\ committed'];

function driverOptions(url: string, settings: OrmSettings) {
  checkDatabaseUrl(url);
  const session = new URL(url);
  const set = (parameters: string[]) => parameters.map((parameter) => `-c ${parameter}`);
  const given = session.searchParams.get('options') ?? '';
  session.searchParams.set('options', [...set(asOperationsLock), given, ...set(asDriversRead)].join(' '));
  return {
    // MikroORM itself takes host, port, user, password and database from a URL, and drops the rest.
    connectionString: session.href,
    application_name: settings.applicationName ?? 'ecommerce-dms',
    statement_timeout: settings.statementTimeoutMs ?? 30_000,
    lock_timeout: settings.lockTimeoutMs ?? 5_000,
    Client: LazyBeginClient,
    onPoolCreated: releaseLostClients,
  };
}
