import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openContext, serverOf, standbysOf, writerOf, type ClusterContext } from './cluster-context.ts';
import { lockName, withClusterLock } from './cluster-lock.ts';
import { exists } from './exists.ts';
import { refuseServersElsewhere } from './servers-elsewhere.ts';
import { passfilePath } from './settings.ts';
import { stopServer } from './stop-server.ts';

/**
 * Stops the servers of the cluster in a folder, also when they were started before it was moved there.
 *
 * @returns false when there is no cluster
 * @throws UserError `server-unidentified`: a process may be one of the servers, or another program.
 * @throws UserError `servers-elsewhere`: the cluster was moved away, and its servers run on.
 * @throws UserError `server-stop-failed`, `postgres-tool-failed`: a server does not end.
 * @throws UserError those of `openCluster` but `cluster-not-found`.
 * @example
 * ```ts
 * await stopCluster('.data/postgres'); // `startCluster` goes on with the same data
 * ```
 */
export async function stopCluster(directory: string): Promise<boolean> {
  const context = await openContext(directory);
  if (context) await stopContext(context);
  else await refuseServersElsewhere(directory);
  return context !== undefined;
}

/**
 * Stops the cluster in a folder and deletes it, data included. Nothing is deleted when a server cannot be stopped.
 *
 * @returns false when there is no cluster
 * @throws UserError those of `stopCluster`.
 * @example
 * ```ts
 * await removeCluster('.data/postgres');
 * ```
 */
export async function removeCluster(directory: string): Promise<boolean> {
  const context = await openContext(directory);
  if (!context) {
    await refuseServersElsewhere(directory);
    return false;
  }
  await withClusterLock(context.directory, async () => {
    const current = await openContext(context.directory);
    if (current) await remove(current);
  });
  return true;
}

/** The writer first: its standbys get all of its WAL before they stop. */
export async function stopContext(context: ClusterContext): Promise<void> {
  if (!(await exists(context.directory))) return;
  await withClusterLock(context.directory, async () => {
    const current = (await openContext(context.directory)) ?? context;
    for (const node of [writerOf(current), ...standbysOf(current)]) await stopServer(serverOf(current, node));
  });
}

/** The cluster file goes last: a removal that was interrupted is finished by the next one. */
async function remove(context: ClusterContext): Promise<void> {
  const { directory, root, file } = context;
  for (const node of [writerOf(context), ...standbysOf(context)]) await stopServer(serverOf(context, node));
  const remainder = { recursive: true, force: true, maxRetries: 5 };
  for (const entry of await readdir(root)) {
    if (/^(node-\d+|postgresql-)/.test(entry)) await rm(join(root, entry), remainder);
  }
  await rm(passfilePath(context), remainder);
  if (file.dataRoot !== undefined) await rm(root, remainder);
  for (const name of ['cluster.json.new', 'cluster.json', lockName])
    await rm(join(directory, name), remainder);
  await rmdir(directory).catch(() => {
    // It holds something that is not ours.
  });
}
