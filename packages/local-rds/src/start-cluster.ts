import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Cluster } from './cluster.ts';
import { openContext, standbysOf, updateFile, writerOf, type ClusterContext } from './cluster-context.ts';
import { withClusterLock } from './cluster-lock.ts';
import { addNodes, createCluster, makeDirectory } from './create-cluster.ts';
import { explainFailures } from './failures.ts';
import { runOperation } from './operation.ts';
import { reconcile } from './reconcile.ts';
import { refuseServersElsewhere } from './servers-elsewhere.ts';
import { parseSettings } from './settings.ts';
import { checkOptions, type StartClusterOptions } from './start-options.ts';

/**
 * Starts a cluster, or makes it, or attaches to it where it runs; repairs what a crash or a kill left. While another
 * process changes the cluster, it waits. The servers outlive this process.
 *
 * @throws UserError `invalid-settings`: the options cannot work.
 * @throws UserError `port-in-use`, `directory-unwritable`, `disk-full`, `server-user-not-found`,
 *   `postgres-binaries-not-found`: the machine does not allow it.
 * @throws UserError `invalid-cluster-directory`, `directory-unreadable`, `postgres-version-mismatch`, `cluster-not-owned`,
 *   `cluster-copied`, `cluster-data-not-found`, `servers-elsewhere`, `writer-damaged`, `tablespaces-not-supported`: what is
 *   in the folder cannot be used.
 * @throws UserError `server-start-failed`, `server-stop-failed`, `server-lost`, `server-unidentified`,
 *   `postgres-tool-failed`, `standby-not-streaming`: a program of PostgreSQL failed, or a process is in the way.
 * @example
 * ```ts
 * import { startCluster } from '@ecommerce-dms/local-rds';
 *
 * const cluster = await startCluster({ directory: '.data/postgres', standbys: 1 });
 * await cluster.createDatabase('shop');
 * console.log(cluster.writer.port, cluster.standbys.length); // the servers go on when this process ends
 * ```
 */
export async function startCluster(options: StartClusterOptions): Promise<Cluster> {
  const path = resolve(options.directory);
  checkOptions(options);
  options.signal?.throwIfAborted();
  return await explainFailures(path, async () => {
    await makeDirectory(path);
    const directory = await realpath(path);
    const onWait = () => options.onProgress?.('Waiting for another process that changes this cluster');
    return await withClusterLock(
      directory,
      async () => {
        await refuseServersElsewhere(directory, { exceptHere: true });
        const context = (await adapt(directory, options)) ?? (await createCluster(directory, options));
        await runOperation(context, options, (operation) => reconcile(operation));
        return new Cluster(context);
      },
      { signal: options.signal, onWait },
    );
  });
}

/** An existing cluster, its file changed to the options. */
async function adapt(directory: string, options: StartClusterOptions): Promise<ClusterContext | undefined> {
  const context = await openContext(directory);
  if (!context) return undefined;
  const { file } = context;
  const writer = writerOf(context);
  const kept = standbysOf(context).slice(0, options.standbys);
  const standbys = options.standbys ?? kept.length;
  const synchronous =
    options.synchronous ?? (options.standbys === undefined ? file.synchronous : standbys > 0);
  // A standby that commits did not wait for may be behind: it has to join first.
  const joining = synchronous && !file.synchronous;
  const nodes = await addNodes(
    [
      { ...writer, port: options.port ?? writer.port },
      ...kept.map((node) =>
        joining && node.state === 'ready' ? { ...node, state: 'joining' as const } : node,
      ),
    ],
    1 + standbys,
  );
  const settings = options.settings ? parseSettings(options.settings) : file.settings;
  const changed = { ...file, nodes, synchronous, settings };
  if (JSON.stringify(changed) !== JSON.stringify(file)) await updateFile(context, changed);
  return context;
}
