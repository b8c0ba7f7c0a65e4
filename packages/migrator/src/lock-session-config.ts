import { UserError } from '@ecommerce-dms/errors';
import { type AbstractSqlDriver, PostgreSqlConnection } from '@mikro-orm/postgresql';
import type { ClientConfig } from 'pg';
import { connectionError } from './connection-error.ts';

/**
 * How to open the lock's session: as the ORM's pool opens its own.
 *
 * @throws UserError `invalid-settings` when the ORM has no pool of `pg`
 */
export async function lockSessionConfig(driver: AbstractSqlDriver): Promise<ClientConfig> {
  const connection = driver.getConnection();
  if (connection instanceof PostgreSqlConnection) {
    // Its first use connects, and creates the database unless `ensureDatabase` is off.
    await connection.ensureConnection().catch((error: unknown) => {
      throw connectionError(connection.getConnectionOptions(), error);
    });
    const options = (await connection.getNativeClient().catch(() => undefined))?.options;
    if (options !== undefined) {
      return {
        ...options,
        // Not enumerable in the pool's options.
        password: options.password,
        application_name: options.application_name ?? 'dms-migrator',
        keepAlive: true,
      };
    }
  }
  throw new UserError(
    'invalid-settings',
    'The migrator needs sessions of its own on PostgreSQL, and this ORM gives none.',
    {
      hint: 'Use @mikro-orm/postgresql with connection options, not with a Kysely instance or dialect.',
    },
  );
}
