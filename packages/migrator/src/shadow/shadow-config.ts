import type { AbstractSqlDriver, Options } from '@mikro-orm/postgresql';
import type { ClientConfig } from 'pg';

/**
 * The options of the project's ORM with a session configuration in place of its own: entities, migrations and types are
 * the same.
 */
export function shadowConfig({ config }: AbstractSqlDriver, session: ClientConfig): Options {
  return onSession(config.getAll() as Options, session);
}

/** Options with a session configuration in place of their own connection. */
export function onSession({ driverOptions, ...options }: Options, session: ClientConfig): Options {
  // A dialect or a function would connect to the project's own database.
  const isPlain = typeof driverOptions === 'object' && driverOptions.constructor === Object;
  const { connectionString, host, port, user, password, database, ssl } = session;
  const parts =
    connectionString === undefined
      ? {
          clientUrl: undefined,
          host,
          port,
          user,
          password: password as Options['password'],
          dbName: database,
        }
      : {
          clientUrl: connectionString,
          host: undefined,
          port: undefined,
          user: undefined,
          password: undefined,
          dbName: undefined,
        };
  return {
    ...options,
    ...parts,
    driverOptions: { ...(isPlain && driverOptions), connectionString, ...(ssl !== undefined && { ssl }) },
    replicas: [],
    ensureDatabase: false,
    migrations: { ...options.migrations, silent: true },
  };
}
