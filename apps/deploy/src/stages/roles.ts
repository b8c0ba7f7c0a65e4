import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { provisionRoles } from '@ecommerce-dms/entities/roles';
import { checkDatabaseUrl, UserError } from '@ecommerce-dms/errors';
import { appliedOutputs } from '../aws/applied-outputs.ts';
import { rdsUrl } from '../aws/rds-url.ts';
import { commandFor } from '../command-for.ts';
import { requireAws } from '../aws/terraform-workspace.ts';
import type { LoadedEnvironment } from '../config/load-config.ts';
import type { StageContext, StageOutcome } from '../stage.ts';

export interface RolesResult {
  database: string;
  /** Those that did not exist before. */
  created: string[];
}

/**
 * Gives the database on AWS its roles, as its administrator: before the first migration, and again at any time. They
 * log in with IAM tokens. A local environment has them from its start.
 *
 * @throws UserError `not-on-aws`, `no-administrator`, and those of `provisionRoles`
 */
export async function provisionEnvironment({
  environment,
}: StageContext): Promise<StageOutcome<RolesResult>> {
  requireAws(environment, 'roles');
  const { database, created } = await provisionRoles({ adminUrl: await administratorUrl(environment) });
  return {
    summary: created.length === 0 ? 'all there' : `created ${created.join(', ')}`,
    result: { database, created },
  };
}

async function administratorUrl(environment: LoadedEnvironment): Promise<string> {
  const { DATABASE_ADMIN_URL: given } = process.env;
  if (given !== undefined && given !== '') {
    checkDatabaseUrl(given, 'DATABASE_ADMIN_URL');
    return given;
  }
  const outputs = await appliedOutputs(environment);
  if (outputs === undefined) {
    throw new UserError(
      'no-administrator',
      `DATABASE_ADMIN_URL is not set, and nothing is known to be applied of '${environment.name}'.`,
      {
        hint: `Set it to the writer as the administrator, or '${commandFor(environment, 'apply')}' from here.`,
        exitCode: 2,
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
      'no-administrator',
      // A text that is no JSON is in the error's message.
      `The administrator's secret ${secretArn} cannot be read: ${error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message}`,
      { hint: 'It needs secretsmanager:GetSecretValue, and kms:Decrypt with its key.', cause: error },
    );
  } finally {
    client.destroy();
  }
}
