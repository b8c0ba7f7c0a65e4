import { checkDatabaseUrl } from '@ecommerce-dms/errors';
import type { Options } from '@mikro-orm/postgresql';
import type { Environment } from '../project/find-config.ts';

/**
 * The options with the database that the command is to work on: `--url`; else the one that the configuration or
 * MikroORM's variables name; else `DATABASE_URL`.
 *
 * A variable that happens to be set must not send a run to another database than the project's own.
 *
 * @throws UserError `invalid-database-url`, exit code 2
 */
export function withConnection(options: Options, url: string | undefined, env: Environment): Options {
  if (url !== undefined) return withUrl(options, url, '--url');
  const { DATABASE_URL: fromEnv } = env;
  const isNamed =
    [options.clientUrl, options.dbName, options.host, options.driverOptions].some(
      (each) => each !== undefined,
    ) || ['CLIENT_URL', 'DB_NAME', 'HOST'].some((name) => env[`MIKRO_ORM_${name}`] !== undefined);
  return fromEnv === undefined || isNamed ? options : withUrl(options, fromEnv, 'DATABASE_URL');
}

function withUrl(options: Options, url: string, name: string): Options {
  checkDatabaseUrl(url, name);
  return {
    ...options,
    // These would come before the parts of the URL.
    host: undefined,
    port: undefined,
    user: undefined,
    password: undefined,
    dbName: undefined,
    clientUrl: url,
    // MikroORM takes host, port, user, password and database from a URL, and drops the rest, such as `sslmode`.
    driverOptions: { ...(options.driverOptions as object | undefined), connectionString: url },
  };
}
