import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { cloneWriter } from './clone.ts';
import { serverOf, updateNode, writerOf } from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';
import { configure } from './configure.ts';
import { exists } from './exists.ts';
import { findDamage } from './find-damage.ts';
import type { Operation } from './operation.ts';
import { prepareReplication, joins, streams } from './replication.ts';
import { stopServer } from './stop-server.ts';

/** How long a standby may take to become consistent before it is taken for broken. */
export const startTimeoutMs = 30_000;

/** Starts the standby if it is stopped, and clones it again if it is missing, broken or of another history. */
export async function ensureStandby(operation: Operation, client: Client, node: ClusterNode): Promise<void> {
  const { context, signal } = operation;
  const alive = node.state !== 'absent' && (await revive(operation, client, node));
  if (alive && node.state === 'ready') return;
  if (!alive) await rebuild(operation, client, node);

  await updateNode(context, node.name, { state: 'joining' });
  await configure(context, writerOf(context));
  if (!(await joins(client, node, context.file.synchronous, signal))) throw doesNotStream(operation, node);
  await updateNode(context, node.name, { state: 'ready' });
}

/** Brings an existing standby to streaming; false when it is beyond that. */
async function revive(operation: Operation, client: Client, node: ClusterNode): Promise<boolean> {
  const { context, signal } = operation;
  const server = serverOf(context, node);
  if (!(await exists(join(server.data, 'standby.signal')))) return false;
  await configure(context, node);
  try {
    await start(operation, node);
  } catch (error) {
    if (error instanceof UserError && error.code === 'server-start-failed') return false;
    throw error;
  }
  return await streams(client, node, signal);
}

async function rebuild(operation: Operation, client: Client, node: ClusterNode): Promise<void> {
  const { context, signal } = operation;
  const server = serverOf(context, node);
  // First the writer stops waiting for it.
  await updateNode(context, node.name, { state: 'absent' });
  await configure(context, writerOf(context));
  await stopServer(server);
  await prepareReplication(context, client);

  operation.onProgress(`Cloning the writer to ${node.name}`);
  // Beside the old data, which may be a former writer's and is given up last.
  const [building, replaced] = [`${server.data}.new`, `${server.data}.new-replaced`];
  try {
    await cloneWriter(serverOf(context, writerOf(context)), building, context.file.superuserPassword, signal);
    await requireHealthyWriter(operation, server.data);
    await replaceFolder(server.data, building, replaced);
  } finally {
    for (const path of [building, replaced]) await rm(path, { recursive: true, force: true, maxRetries: 5 });
  }
  await configure(context, node);
  await start(operation, node);
  if (!(await streams(client, node, signal))) throw doesNotStream(operation, node);
}

/** Puts `building` in the place of `path`, which becomes `replaced`; on a failure all is as before. */
async function replaceFolder(path: string, building: string, replaced: string): Promise<void> {
  const isThere = await exists(path);
  if (isThere) await rename(path, replaced);
  await rename(building, path).catch(async (error: unknown) => {
    if (isThere) await rename(replaced, path);
    throw error;
  });
}

/**
 * The data of a former writer may be the only good copy, until the present writer was found to be healthy.
 *
 * @throws UserError `writer-damaged`
 */
async function requireHealthyWriter({ context, signal }: Operation, former: string): Promise<void> {
  if (!(await exists(former)) || (await exists(join(former, 'standby.signal')))) return;
  const writer = serverOf(context, writerOf(context));
  const faults = await findDamage(writer, context.file.superuserPassword, { signal });
  if (faults.length === 0) return;
  throw new UserError(
    'writer-damaged',
    `The writer's data, ${writer.data}, is damaged; that of the former writer, ${former}, is kept.\n${faults.join('\n')}`,
    {
      hint: `Save what is needed from either, rename ${former}, and run the same again: it is cloned again then.`,
    },
  );
}

async function start(operation: Operation, node: ClusterNode): Promise<void> {
  const message = `Starting the standby, ${node.name}, on port ${node.port}`;
  await operation.ensureRunning(serverOf(operation.context, node), message, { timeoutMs: startTimeoutMs });
}

function doesNotStream({ context }: Operation, node: ClusterNode): UserError {
  return new UserError('standby-not-streaming', `The standby ${node.name} does not stream from the writer.`, {
    hint: `Its log says why: ${serverOf(context, node).log}`,
  });
}
