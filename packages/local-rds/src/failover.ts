import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import { withAdmin } from './admin-client.ts';
import {
  openContext,
  serverOf,
  standbysOf,
  updateFile,
  writerOf,
  type ClusterContext,
} from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';
import { withClusterLock } from './cluster-lock.ts';
import { runOperation, type Operation, type OperationOptions } from './operation.ts';
import { reconcile } from './reconcile.ts';
import { stopServer } from './stop-server.ts';

/** How long a living writer may take to hand its last WAL to the standbys and stop. */
const writerGraceMs = 5000;

/** See `Cluster.failover`. */
export async function failover(
  context: ClusterContext,
  options: OperationOptions,
): Promise<{ from: string; to: string }> {
  return await withClusterLock(
    context.directory,
    async () => {
      // Another process may have failed over since this one attached.
      context.file = (await openContext(context.directory))?.file ?? context.file;
      const from = context.file.writer;
      await runOperation(context, options, async (operation) => {
        await changeWriter(operation);
        await reconcile(operation);
      });
      return { from, to: context.file.writer };
    },
    { signal: options.signal },
  );
}

/**
 * Stops the old writer and names the new one in the cluster file, which decides: from then on any call promotes
 * that one and none other. The two swap ports, so that each endpoint keeps its address.
 */
async function changeWriter(operation: Operation): Promise<void> {
  const { context } = operation;
  const old = writerOf(context);
  const candidates = standbysOf(context).filter(({ state }) => state === 'ready');
  if (candidates.length === 0) {
    throw new UserError(
      'no-standby',
      'No standby has all that the writer has acknowledged; none can take over.',
      {
        hint: 'Start the cluster with a standby; startCluster also mends a broken one.',
      },
    );
  }
  operation.onProgress(`Stopping the writer, ${old.name}`);
  await stopServer(serverOf(context, old), writerGraceMs);
  const chosen = await mostAdvanced(operation, candidates);
  const nodes = context.file.nodes.map((node): ClusterNode => {
    if (node.name === chosen.name) return { ...node, port: old.port };
    return node.name === old.name ? { ...node, port: chosen.port, state: 'absent' } : node;
  });
  await updateFile(context, { writer: chosen.name, nodes });
}

/** The one that has received most. With `ANY 1`, each acknowledged commit is on some standby, so on this one. */
async function mostAdvanced(operation: Operation, candidates: ClusterNode[]): Promise<ClusterNode> {
  const { context } = operation;
  let best: { node: ClusterNode; position: bigint } | undefined;
  for (const node of candidates) {
    const server = serverOf(context, node);
    // A stopped one counts too: it may be the one that acknowledged last.
    if (candidates.length > 1) await operation.ensureRunning(server, `Asking ${node.name} what it has`);
    const position =
      candidates.length > 1 ? await settledPosition(node.port, context.file.superuserPassword) : 0n;
    if (!best || position > best.position) best = { node, position };
  }
  if (!best) throw new Error('No candidate.');
  return best.node;
}

/** Bytes of WAL that the standby has, once it has read all of its own. */
async function settledPosition(port: number, password: string): Promise<bigint> {
  return await withAdmin(port, password, async (client) => {
    for (let last = -1n; ; await delay(100)) {
      const { rows } = await client.query<{ position: string }>(
        `select (greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'::pg_lsn)::text as position`,
      );
      const position = BigInt(rows[0]?.position ?? 0);
      if (position === last) return position;
      last = position;
    }
  });
}
