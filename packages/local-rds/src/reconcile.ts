import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { withAdmin } from './admin-client.ts';
import { serverOf, standbysOf, updateNode, writerOf } from './cluster-context.ts';
import { writePassfile } from './configure.ts';
import { exists } from './exists.ts';
import type { Operation } from './operation.ts';
import { readPostmaster } from './postmaster-file.ts';
import { prepareReplication } from './replication.ts';
import { isLostSession } from './server-log.ts';
import { stopServer } from './stop-server.ts';
import { ensureStandby } from './standby.ts';
import { ensureWriter } from './writer.ts';

/**
 * Brings the servers to what the cluster file says, from whatever an earlier call, a kill or a crash left. It is
 * the one way to start, repair, grow, shrink and fail over a cluster. The caller holds the lock.
 */
export async function reconcile(operation: Operation): Promise<void> {
  const { context } = operation;
  try {
    await reconcileOnce(operation);
  } catch (error) {
    // A writer that was dying when we attached to it is gone by now, and can be started.
    const { data } = serverOf(context, writerOf(context));
    if (!isLostSession(error) || (await readPostmaster(data))) throw error;
    await reconcileOnce(operation);
  }
}

async function reconcileOnce(operation: Operation): Promise<void> {
  const { context } = operation;
  await sweep(operation);
  await fence(operation);
  await writePassfile(context);
  await ensureWriter(operation);
  const setUp = async (client: Client) => {
    for (const { name } of await prepareReplication(context, client)) {
      await updateNode(context, name, { state: 'absent' });
    }
    for (const { name } of standbysOf(context)) {
      // Each step may have changed the file: take the node as it is now.
      const node = standbysOf(context).find((standby) => standby.name === name);
      if (node) await ensureStandby(operation, client, node);
    }
  };
  const { superuserPassword } = context.file;
  await withAdmin(writerOf(context).port, superuserPassword, setUp, { commitsLocally: true });
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
