import { UserError } from '@ecommerce-dms/errors';
import { type AbstractSqlDriver, PostgreSqlConnection } from '@mikro-orm/postgresql';
import type { ClientConfig } from 'pg';
import { connectionError } from './connection-error.ts';
import { probed } from './probed-connection.ts';

/**
 * How to open a session beside the ORM's pool: as the pool opens its own.
 *
 * @throws UserError `database-unreachable`, `invalid-settings`: the ORM cannot connect, or has no options to connect with.
 */
export async function sessionConfig(driver: AbstractSqlDriver): Promise<ClientConfig> {
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
        ...probed,
      };
    }
  }
  throw new UserError(
    'invalid-settings',
    'The migrator needs PostgreSQL sessions of its own, and this ORM cannot open any.',
    { hint: 'Use @mikro-orm/postgresql with connection options, not with a Kysely instance or dialect.' },
  );
}
