import { checkDatabaseUrl, UserError } from '@ecommerce-dms/errors';
import { appliedOutputs } from '../aws/applied-outputs.ts';
import { commandFor } from '../command-for.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import type { DatabaseUrls } from '../database-access.ts';
import { openLocalDatabase } from '../local/local-database.ts';

/**
 * The environment's connections: of the local cluster; on AWS from DATABASE_URL (and DATABASE_READER_URL), or without
 * it to the endpoints that `dms apply` has written down, as `shop_migrator` with IAM tokens.
 *
 * @throws UserError `database-not-running` (local); `database-url-required`, `invalid-database-url` (AWS), exit code 2
 */
export async function databaseUrls(environment: LoadedEnvironment): Promise<DatabaseUrls> {
  if (environment.settings.target === 'local') return openLocalDatabase(environment);
  const { writer, reader } = givenUrls() ?? (await appliedUrls(environment));
  return {
    app: writer,
    migrator: writer,
    readonly: reader ?? writer,
    reader,
    monitors: { writer, readers: reader === undefined ? [] : [reader] },
  };
}

interface ServerUrls {
  writer: string;
  reader: string | undefined;
}

function givenUrls(): ServerUrls | undefined {
  // A pipeline sets a secret that it has not as an empty text.
  const writer = process.env.DATABASE_URL ?? '';
  const reader = process.env.DATABASE_READER_URL ?? '';
  if (writer !== '') checkDatabaseUrl(writer, 'DATABASE_URL');
  if (reader !== '') checkDatabaseUrl(reader, 'DATABASE_READER_URL');
  return writer === '' ? undefined : { writer, reader: reader === '' ? undefined : reader };
}

async function appliedUrls(environment: LoadedEnvironment): Promise<ServerUrls> {
  const outputs = await appliedOutputs(environment);
  if (outputs === undefined) {
    throw new UserError(
      'database-url-required',
      `DATABASE_URL is not set, and nothing is known to be applied of '${environment.name}' on AWS.`,
      {
        hint: `Set DATABASE_URL to the writer as shop_migrator (and DATABASE_READER_URL to a replica), with sslmode=verify-full; or '${commandFor(environment, 'apply')}' from here.`,
      },
    );
  }
  const { iamToken } = await import('@ecommerce-dms/aws/login');
  const { rdsUrl } = await import('../aws/rds-url.ts');
  const { region } = environment.settings.aws;
  const user = 'shop_migrator';
  const urlOf = async (host: string): Promise<string> => {
    const password = await iamToken({ region, host, port: outputs.port, user });
    return rdsUrl(environment, outputs, { host, user, password });
  };
  const [reader] = outputs.reader_endpoints;
  return {
    writer: await urlOf(outputs.writer_endpoint),
    reader: reader === undefined ? undefined : await urlOf(reader),
  };
}
