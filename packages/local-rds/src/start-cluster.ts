import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { Cluster } from './cluster.ts';
import { openContext, standbysOf, updateFile, writerOf, type ClusterContext } from './cluster-context.ts';
import { withClusterLock } from './cluster-lock.ts';
import { addNodes, createCluster, makeDirectory } from './create-cluster.ts';
import { explainFailures } from './failures.ts';
import { runOperation } from './operation.ts';
import { reconcile } from './reconcile.ts';
import { refuseServersElsewhere } from './servers-elsewhere.ts';
import { parseSettings } from './settings.ts';

export interface StartClusterOptions {
  /** Folder of the cluster; made when absent. */
  directory: string;
  /** Number of hot standbys. Default: what the cluster has; 1 for a new one. */
  standbys?: number;
  /** Port of the writer on 127.0.0.1. Default: what the cluster has; a free one for a new one. */
  port?: number;
  /** Whether a commit waits until a standby has it on disk. Default: whether there are standbys. */
  synchronous?: boolean;
  /**
   * PostgreSQL settings, over this package's own. They replace the ones of an earlier call; those that need a
   * restart take effect at the next start. Default: what the cluster has.
   */
  settings?: Record<string, string | number | boolean>;
  /** When run by root: the account in /etc/passwd that a new cluster's servers run as. Default: `postgres`, else `nobody`. */
  serverUser?: string;
  /** Interrupts: the servers that this call started are stopped, and the signal's reason is thrown. */
  signal?: AbortSignal;
  /** Told of each step, as a line for people. */
  onProgress?: (message: string) => void;
}

/**
 * Makes a cluster, or starts a stopped one, or attaches to a running one; repairs what a crash or a kill left. When
 * another process is at it, waits for it. The servers outlive this process.
 *
 * @throws UserError `port-in-use`, `directory-unwritable`, `disk-full`, `invalid-cluster-directory`, `postgres-version-mismatch`,
 *   `cluster-not-owned`, `cluster-data-not-found`, `servers-elsewhere`, `postgres-binaries-not-found`, `server-user-not-found`, `server-start-failed`,
 *   `standby-not-streaming`, `invalid-settings`
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
        const context = (await adapt(directory, options)) ?? (await create(directory, options));
        await runOperation(context, options, (operation) => reconcile(operation));
        return new Cluster(context);
      },
      { signal: options.signal, onWait },
    );
  });
}

function checkOptions({ standbys, port, synchronous, settings }: StartClusterOptions): void {
  const faults: string[] = [];
  if (standbys !== undefined && !(Number.isInteger(standbys) && standbys >= 0 && standbys <= 8)) {
    faults.push(`standbys must be 0 to 8, not ${standbys}`);
  }
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    faults.push(`port must be 1 to 65535, not ${port}`);
  }
  if (synchronous && standbys === 0) faults.push('synchronous needs a standby');
  if (faults.length > 0) throw new UserError('invalid-settings', `${faults.join('; ')}.`);
  if (settings) parseSettings(settings);
}

async function create(directory: string, options: StartClusterOptions): Promise<ClusterContext> {
  const { standbys = 1, synchronous = standbys > 0, settings = {}, port, serverUser } = options;
  return await createCluster(directory, {
    standbys,
    synchronous,
    settings: parseSettings(settings),
    port,
    serverUser,
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
