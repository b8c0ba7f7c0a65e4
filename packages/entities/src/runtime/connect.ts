import { checkDatabaseUrl, connectionError } from '@ecommerce-dms/errors';
import { Client } from 'pg';

/**
 * A session on a database. One that breaks fails the query under way, and does not end the process.
 *
 * @throws UserError `invalid-database-url`, `database-unreachable`
 */
export async function connect(url: string, applicationName: string): Promise<Client> {
  checkDatabaseUrl(url);
  const client = new Client({ connectionString: url, application_name: applicationName });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw connectionError(url, error);
  }
  return client;
}
