import { Client, type ClientConfig } from 'pg';
import { connectionError } from './connection-error.ts';

/**
 * Calls `use` with a session of its own, without the time limits that a role or a database has for its short queries.
 *
 * @throws UserError `database-unreachable`
 */
export async function withClient<Result>(
  session: ClientConfig,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client(session);
  // A throwaway database is dropped with force.
  client.on('error', () => {});
  await client.connect().catch((error: unknown) => {
    throw connectionError(client, error);
  });
  try {
    await client.query('set statement_timeout = 0; set idle_session_timeout = 0; set lock_timeout = 0');
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
