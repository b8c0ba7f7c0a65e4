import { Client } from 'pg';
import { superuser } from './initialize.ts';

interface AdminOptions {
  /** Default: `postgres`. */
  database?: string;
  /**
   * The session's commits wait for no standby: a standby can be set up while there is none, and what was committed is
   * gone after a failover. Default: false.
   */
  commitsLocally?: boolean;
  /** How long the server may take to answer a query before it counts as lost. Default: as long as it takes. */
  queryTimeoutMs?: number;
}

/** Runs `use` on a session of the superuser. Its statements are not logged, since some hold passwords. */
export async function withAdmin<Result>(
  port: number,
  password: string,
  use: (client: Client) => Promise<Result>,
  { database = 'postgres', commitsLocally = false, queryTimeoutMs }: AdminOptions = {},
): Promise<Result> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: superuser,
    password,
    database,
    application_name: 'local-rds',
    connectionTimeoutMillis: 5000,
    query_timeout: queryTimeoutMs,
    options: `${commitsLocally ? '-c synchronous_commit=local ' : ''}-c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic`,
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
