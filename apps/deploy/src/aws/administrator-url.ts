import { readLogin } from '@ecommerce-dms/aws/login';
import { checkDatabaseUrl, UserError } from '@ecommerce-dms/errors';
import { commandFor } from '../command-for.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { appliedOutputs } from './applied-outputs.ts';
import { rdsUrl } from './rds-url.ts';

/**
 * The administrator's connection to an environment's database on AWS: DATABASE_ADMIN_URL, or without it from what
 * `dms apply` has written down and Secrets Manager.
 *
 * @throws UserError `administrator-url-required`, `invalid-database-url`, `database-secret-unreadable`
 */
export async function administratorUrl(environment: LoadedEnvironment): Promise<string> {
  const { DATABASE_ADMIN_URL: given } = process.env;
  if (given !== undefined && given !== '') {
    checkDatabaseUrl(given, 'DATABASE_ADMIN_URL');
    return given;
  }
  const outputs = await appliedOutputs(environment);
  if (outputs === undefined) {
    throw new UserError(
      'administrator-url-required',
      `DATABASE_ADMIN_URL is not set, and nothing is known to be applied of '${environment.name}'.`,
      {
        hint: `Set it to the writer as the administrator, or '${commandFor(environment, 'apply')}' from here.`,
      },
    );
  }
  const login = await readLogin(environment.settings.aws.region, outputs.secret_arn);
  return rdsUrl(environment, outputs, { host: outputs.writer_endpoint, ...login });
}
