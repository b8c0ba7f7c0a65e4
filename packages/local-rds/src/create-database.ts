import { escapeIdentifier } from 'pg';
import { withAdmin } from './admin-client.ts';
import { writerOf, type ClusterContext } from './cluster-context.ts';

/** See `Cluster.createDatabase`. */
export async function createDatabase(
  context: ClusterContext,
  name: string,
  { owner, signal }: { owner?: string; signal?: AbortSignal | undefined },
): Promise<void> {
  signal?.throwIfAborted();
  await withAdmin(writerOf(context).port, context.file.superuserPassword, async (client) => {
    // A commit that waits for a standby cannot be cancelled: the session is left.
    const leave = () => void client.end();
    signal?.addEventListener('abort', leave, { once: true });
    try {
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
      const clause = owner === undefined ? '' : ` owner ${escapeIdentifier(owner)}`;
      const create = () => client.query(`create database ${escapeIdentifier(name)}${clause}`);
      if (!rowCount && (await succeeds(create))) return;
      // Whoever made it may have been cut off while waiting for a standby. This commit comes after that one, and waits.
      await client.query(`select pg_logical_emit_message(true, 'local-rds', '')`);
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  });
}

/** False when another call made the database at the same moment. */
async function succeeds(create: () => Promise<unknown>): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (error) {
    // duplicate_database, or unique_violation a moment later.
    const { code } = error as { code?: string };
    if (code !== '42P04' && code !== '23505') throw error;
    return false;
  }
}
