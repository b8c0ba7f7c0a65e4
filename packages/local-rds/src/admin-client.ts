import { Client } from 'pg';
import { superuser } from './initialize.ts';

/**
 * Runs `use` on a session of the superuser in the database `postgres`.
 *
 * The session's commits wait for no standby, so that a standby can be set up while there is none, and its
 * statements are not logged, since some hold passwords.
 */
export async function withAdmin<Result>(
  port: number,
  password: string,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: superuser,
    password,
    database: 'postgres',
    application_name: 'local-rds',
    connectionTimeoutMillis: 5000,
    options:
      '-c synchronous_commit=local -c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic',
  });
  // A server that dies rejects the pending query; without a listener it would also end this process.
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
