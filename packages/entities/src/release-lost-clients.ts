import type { Pool, PoolClient } from 'pg';

/**
 * Gives a pool back the places of connections that were lost while they were in use.
 *
 * A transaction whose connection is lost fails to roll back, and Kysely (0.29) then never returns the client: after
 * as many losses as the pool has places, every query would wait for ever.
 */
export function releaseLostClients(pool: Pool): void {
  const inUse = new WeakSet<PoolClient>();
  pool.on('acquire', (client) => inUse.add(client));
  pool.on('release', (_error, client) => inUse.delete(client));
  pool.on('connect', (client) => {
    client.once('end', () => {
      if (!inUse.has(client)) return;
      const { release } = client;
      // Whoever holds it may release it yet, and a second time is an error.
      client.release = () => undefined;
      release.call(client, true);
    });
  });
}
