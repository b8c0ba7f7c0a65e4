import { connectionError } from '@ecommerce-dms/errors';
import { Client } from 'pg';

/**
 * Runs `use` with a connection, and closes it afterwards. An abort cancels the statement under way.
 * @throws UserError `database-unreachable` when the server does not let us in
 */
export async function withClient<Result>(
  url: string,
  use: (client: Client) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  signal?.throwIfAborted();
  const client = new Client({ connectionString: url, application_name: 'dms' });
  // A connection that breaks fails the query under way; without a listener the event would end the process as well.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    throw connectionError(url, error);
  });
  const { processID } = client as Client & { processID: number };
  const cancel = (): void => {
    withClient(url, (other) => other.query('select pg_cancel_backend($1)', [processID])).catch(
      () => undefined,
    );
  };
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await use(client);
  } finally {
    signal?.removeEventListener('abort', cancel);
    await client.end();
  }
}
