import { UserError } from '@ecommerce-dms/errors';
import { Client, type ClientConfig } from 'pg';
import { connectionError } from './connection-error.ts';

// Beside busy clients a pooler can give out the same session by chance. Only what is no direct connection is asked.
const rounds = 20;

/**
 * Refuses a connection through a pooler that gives each transaction, or statement, another session of the server.
 *
 * It reads only: nothing is left on a session that others get next. A pooler in session mode is accepted.
 *
 * @param client connected, and used for nothing yet
 * @throws UserError `migration-pooled`
 */
export async function refusePooler(client: Client, config: ClientConfig): Promise<void> {
  const pid = await backendPid(client);
  // The server tells its process id when it connects; a pooler tells one that it has made up.
  if (Reflect.get(client, 'processID') === pid) return;
  const other = new Client(config);
  other.on('error', () => {});
  await other.connect().catch((error: unknown) => {
    throw connectionError(config, error);
  });
  try {
    for (let round = 0; round < rounds; round++) {
      const otherPid = await beginAndReadPid(other);
      // While the other one is in a transaction, it keeps the session that was free before.
      if (otherPid === pid || (await backendPid(client)) !== pid) throw pooledError();
      await other.query('rollback');
    }
  } finally {
    await other.end().catch(() => {});
  }
}

async function beginAndReadPid(client: Client): Promise<number> {
  try {
    await client.query('begin');
    return await backendPid(client);
  } catch (cause) {
    // Statement mode has no transactions.
    throw pooledError(cause);
  }
}

async function backendPid(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

/** Refuses what goes through a transaction pooler. */
export function pooledError(cause?: unknown): UserError {
  return new UserError(
    'migration-pooled',
    'The connection goes through a pooler that gives each transaction another session, such as PgBouncer in transaction mode. A lock or setting of the migrator would stay on a session that others use. Nothing was locked or changed.',
    {
      hint: 'Give the migrator the direct URL of the server (its own host and port, not those of the pooler), or a pool in session mode.',
      cause,
    },
  );
}
