import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { withAdmin } from './admin-client.ts';
import { serverOf, standbysOf, updateNode, writerOf } from './cluster-context.ts';
import { configure, writePassfile } from './configure.ts';
import { exists } from './exists.ts';
import { explainFailures } from './failures.ts';
import { deleteKeptDataBut } from './kept-data.ts';
import type { Operation } from './operation.ts';
import { readPostmaster } from './postmaster-file.ts';
import { prepareReplication } from './replication.ts';
import { isLostSession } from './server-log.ts';
import { stopServer } from './stop-server.ts';
import { ensureStandby } from './standby.ts';
import { ensureWriter } from './writer.ts';

/** A node that is no standby of the writer. */
export interface RejoinFailure {
  name: string;
  /** For people. */
  reason: string;
}

/**
 * Brings the servers to what the cluster file says, from whatever an earlier call, a kill or a crash left. It is
 * the one way to start, repair, grow, shrink and fail over a cluster. The caller holds the lock.
 *
 * @param failures in a failover: takes the standbys that cannot be brought up, and the writer goes on without them;
 *   otherwise such a failure is thrown
 */
export async function reconcile(operation: Operation, failures?: RejoinFailure[]): Promise<void> {
  const { context } = operation;
  try {
    await reconcileOnce(operation, failures);
  } catch (error) {
    // A writer that was dying when we attached to it is gone by now, and can be started.
    const { data } = serverOf(context, writerOf(context));
    if (!isLostSession(error) || (await readPostmaster(data))) throw error;
    await reconcileOnce(operation, failures);
  }
}

async function reconcileOnce(operation: Operation, failures?: RejoinFailure[]): Promise<void> {
  const { context } = operation;
  await keepFormerWriters(operation);
  await sweep(operation);
  await fence(operation);
  await writePassfile(context);
  await ensureWriter(operation);
  if (failures) operation.keepStarted();
  const setUp = async (client: Client) => {
    for (const { name } of await prepareReplication(context, client)) {
      await updateNode(context, name, { state: 'absent' });
    }
    for (const { name } of standbysOf(context)) {
      // Each step may have changed the file: take the node as it is now.
      const node = standbysOf(context).find((standby) => standby.name === name);
      if (!node) continue;
      const path = serverOf(context, node).data;
      await explainFailures(path, () => ensureStandby(operation, client, node)).catch(
        async (error: unknown) => {
          if (!failures || operation.signal?.aborted || isLostSession(error)) throw error;
          failures.push({ name, reason: reasonOf(error) });
          // No commit waits for it.
          await updateNode(context, name, { state: 'absent' });
          await configure(context, writerOf(context));
        },
      );
    }
  };
  const { superuserPassword } = context.file;
  await withAdmin(writerOf(context).port, superuserPassword, setUp, { commitsLocally: true });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof UserError && error.hint ? `${error.message} ${error.hint}` : error.message;
}

/** Moves the data aside that a failover has left WAL in. It takes the place of what an earlier one has kept. */
async function keepFormerWriters({ context }: Operation): Promise<void> {
  for (const node of standbysOf(context)) {
    if (node.keepAs === undefined) continue;
    const server = serverOf(context, node);
    await stopServer(server);
    if (await exists(server.data)) await rename(server.data, join(context.root, node.keepAs));
    await deleteKeptDataBut(node.keepAs, context);
    await updateNode(context, node.name, { keepAs: undefined });
  }
}

/** Removes what a killed call left half-made, and nodes that the cluster has no more. */
async function sweep({ context }: Operation): Promise<void> {
  const nodes = new Set(context.file.nodes.map(({ name }) => name));
  for (const entry of await readdir(context.root)) {
    const name = /^(node-\d+)(\.log(?:\.old)?|\.new(?:-\w+)?)?$/.exec(entry);
    if (!name || (!name[2]?.startsWith('.new') && nodes.has(name[1] ?? ''))) continue;
    const path = join(context.root, entry);
    await stopServer({ ...context, data: path });
    await rm(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** No former writer may run beside the writer: a call that was killed in a failover may have left one. */
async function fence({ context }: Operation): Promise<void> {
  for (const node of standbysOf(context)) {
    const server = serverOf(context, node);
    if (!(await exists(join(server.data, 'standby.signal')))) await stopServer(server);
  }
}
