import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { checkDatabaseUrl, UserError } from '@ecommerce-dms/errors';
import { commandFor } from '../command-for.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { appliedOutputs } from './applied-outputs.ts';
import { rdsUrl } from './rds-url.ts';

/**
 * The administrator's connection to an environment's database on AWS: DATABASE_ADMIN_URL, or without it from what
 * `dms apply` has written down and Secrets Manager.
 *
 * @throws UserError `administrator-url-required`, `invalid-database-url`
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
  const { username: user, password } = await readSecret(environment.settings.aws.region, outputs.secret_arn);
  return rdsUrl(environment, outputs, { host: outputs.writer_endpoint, user, password });
}

async function readSecret(
  region: string,
  secretArn: string,
): Promise<{ username: string; password: string }> {
  const client = new SecretsManagerClient({ region });
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return JSON.parse(SecretString ?? '') as { username: string; password: string };
  } catch (error) {
    throw new UserError(
      'administrator-secret-unreadable',
      // A text that is no JSON is in the error's message.
      `The administrator's secret ${secretArn} cannot be read: ${error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message}`,
      { hint: 'It needs secretsmanager:GetSecretValue, and kms:Decrypt with its key.', cause: error },
    );
  } finally {
    client.destroy();
  }
}
