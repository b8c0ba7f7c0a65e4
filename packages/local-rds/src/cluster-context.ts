import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { locateBinaries, type Binaries } from './binaries.ts';
import { readClusterFile, writeClusterFile, type ClusterFile, type ClusterNode } from './cluster-file.ts';
import { claimDataRoot } from './data-root.ts';
import type { Server } from './server.ts';
import type { ServerUser } from './server-user.ts';
import { sharedDirectory } from './shared-directory.ts';

/** A cluster as the functions of this package pass it around. */
export interface ClusterContext {
  /** The cluster's folder: absolute, links resolved. */
  directory: string;
  /** The folder of the data: `directory`, unless the account of the servers cannot reach it. */
  root: string;
  file: ClusterFile;
  /** The account to switch to; undefined when it is our own. */
  user: ServerUser | undefined;
  binaries: Binaries;
}

/** The cluster in a folder, running or not; undefined when there is none. */
export async function openContext(directory: string): Promise<ClusterContext | undefined> {
  const file = await readClusterFile(directory);
  return file && (await contextOf(await realpath(directory), file));
}

export async function contextOf(directory: string, file: ClusterFile): Promise<ClusterContext> {
  const user = accountToSwitchTo(directory, file.serverUser);
  if (file.dataRoot !== undefined) await claimDataRoot(directory, file.dataRoot);
  const binaries = await locateBinaries(user, () =>
    process.getuid?.() === 0 ? sharedDirectory() : Promise.resolve(directory),
  );
  return { directory, root: file.dataRoot ?? directory, file, user, binaries };
}

function accountToSwitchTo(directory: string, account: ServerUser | undefined): ServerUser | undefined {
  const uid = process.getuid?.();
  if (account === undefined || uid === account.uid) return undefined;
  if (uid === 0) return account;
  throw new UserError(
    'cluster-not-owned',
    `The cluster in ${directory} belongs to the user with uid ${account.uid}.`,
    { hint: 'Run this as that user, or name another folder.' },
  );
}

/** The server of a node. */
export function serverOf({ root, binaries, user, file }: ClusterContext, node: ClusterNode): Server {
  return {
    binaries,
    user,
    data: join(root, node.name),
    log: join(root, `${node.name}.log`),
    port: node.port,
    portHint:
      node.name === file.writer
        ? 'start the cluster with another port.'
        : 'drop the standbys and add them again: standbys: 0, then 1.',
  };
}

export function writerOf({ file }: ClusterContext): ClusterNode {
  const writer = file.nodes.find(({ name }) => name === file.writer);
  if (!writer) throw new Error(`cluster.json names a writer that is not among its nodes: ${file.writer}`);
  return writer;
}

export function standbysOf({ file }: ClusterContext): ClusterNode[] {
  return file.nodes.filter(({ name }) => name !== file.writer);
}

/** Changes the cluster file on disk and in the context. */
export async function updateFile(context: ClusterContext, change: Partial<ClusterFile>): Promise<void> {
  const file = { ...context.file, ...change };
  await writeClusterFile(context.directory, file);
  context.file = file;
}

/** Changes one node in the cluster file. */
export async function updateNode(
  context: ClusterContext,
  name: string,
  change: Partial<ClusterNode>,
): Promise<void> {
  const nodes = context.file.nodes.map((node) => (node.name === name ? { ...node, ...change } : node));
  await updateFile(context, { nodes });
}
