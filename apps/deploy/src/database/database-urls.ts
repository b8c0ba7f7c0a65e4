import { UserError } from '@ecommerce-dms/errors';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { openLocalDatabase } from '../local/local-database.ts';

/** How the stages connect. They hold passwords: not for logs, errors or state files. */
export interface DatabaseUrls {
  /** Reads and writes data, on the writer. */
  app: string;
  /** Acts as the owner of the schema, on the writer. */
  migrator: string;
  /** Reads data, on a reader where there is one. */
  readonly: string;
  /** As `migrator`, on a reader; undefined without one. */
  reader: string | undefined;
  /** A role with pg_monitor, on each server. */
  monitors: { writer: string; readers: string[] };
}

/**
 * The environment's connections: of the local cluster, or from DATABASE_URL (and DATABASE_READER_URL) where the
 * database is on AWS.
 *
 * @throws UserError `not-running` (local), `no-database-url` (AWS)
 */
export async function databaseUrls(environment: LoadedEnvironment): Promise<DatabaseUrls> {
  if (environment.settings.target === 'local') return openLocalDatabase(environment);
  const { DATABASE_URL: writer, DATABASE_READER_URL: reader } = process.env;
  if (writer === undefined || writer === '') {
    throw new UserError('no-database-url', `DATABASE_URL is not set, and '${environment.name}' is on AWS.`, {
      hint: 'Set DATABASE_URL to the writer as shop_migrator (and DATABASE_READER_URL to a replica), with sslmode=verify-full.',
      exitCode: 2,
    });
  }
  return {
    app: writer,
    migrator: writer,
    readonly: reader ?? writer,
    reader,
    monitors: { writer, readers: reader === undefined ? [] : [reader] },
  };
}
