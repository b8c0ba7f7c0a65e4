import { Cluster } from './cluster.ts';
import { openContext } from './cluster-context.ts';
import { noCluster } from './status.ts';

/**
 * The cluster in a folder, as it is: nothing is started, nothing is checked.
 *
 * @throws UserError `cluster-not-found` when there is none
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
