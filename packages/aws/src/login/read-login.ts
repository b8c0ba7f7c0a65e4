import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { UserError } from '@ecommerce-dms/errors';

export interface DatabaseLogin {
  readonly user: string;
  readonly password: string;
}

/**
 * Reads the user and password of a database from a secret in the form that RDS writes: JSON with `username` and
 * `password`.
 *
 * @throws UserError `database-secret-unreadable`: AWS does not give the secret, or it is not in this form.
 * @example
 * ```ts
 * import { readLogin } from '@ecommerce-dms/aws/login';
 *
 * const { user, password } = await readLogin('eu-west-1', secretArn);
 * ```
 */
export async function readLogin(region: string, secretArn: string): Promise<DatabaseLogin> {
  const client = new SecretsManagerClient({ region });
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return parseLogin(SecretString ?? '');
  } catch (error) {
    throw new UserError(
      'database-secret-unreadable',
      `The secret ${secretArn} cannot be read: ${(error as Error).message}`,
      { hint: 'Allow secretsmanager:GetSecretValue on it, and kms:Decrypt with its key.', cause: error },
    );
  } finally {
    client.destroy();
  }
}

/** Its errors quote nothing of the secret. */
function parseLogin(text: string): DatabaseLogin {
  let secret: unknown;
  try {
    secret = JSON.parse(text);
  } catch {
    throw new TypeError('it is not JSON');
  }
  const { username: user, password } = Object(secret) as Record<string, unknown>;
  if (typeof user !== 'string' || typeof password !== 'string') {
    throw new TypeError('it has no username and password');
  }
  return { user, password };
}
