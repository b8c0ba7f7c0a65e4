import { Cluster } from './cluster.ts';
import { openContext } from './cluster-context.ts';
import { noCluster } from './status.ts';

/**
 * Opens the cluster in a folder as it is: nothing is started, nothing is checked.
 *
 * @throws UserError `cluster-not-found`: there is none.
 * @throws UserError `invalid-cluster-directory`, `directory-unreadable`, `postgres-version-mismatch`, `cluster-not-owned`,
 *   `cluster-copied`, `postgres-binaries-not-found`: it cannot be used.
 * @example
 * ```ts
 * const cluster = await openCluster('.data/postgres');
 * const { from, to } = await cluster.failover();
 * console.log(`${to} took over from ${from}`);
 * ```
 */
export async function openCluster(directory: string): Promise<Cluster> {
  const context = await openContext(directory);
  if (!context) throw noCluster(directory);
  return new Cluster(context);
}
