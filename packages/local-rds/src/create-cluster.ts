import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { postgresMajor } from './binaries.ts';
import { contextOf, type ClusterContext } from './cluster-context.ts';
import { writeClusterFile, type ClusterFile, type ClusterNode } from './cluster-file.ts';
import { findFreePort } from './ports.ts';
import { canReach, findServerUser } from './server-user.ts';
import { parseSettings } from './settings.ts';
import { sharedDirectory } from './shared-directory.ts';
import type { StartClusterOptions } from './start-options.ts';

/** Writes the file of a new cluster; its servers are made from that. The folder must be empty but for the lock. */
export async function createCluster(
  directory: string,
  options: Omit<StartClusterOptions, 'directory'>,
): Promise<ClusterContext> {
  const { standbys = 1, synchronous = standbys > 0, settings = {}, port, serverUser } = options;
  const others = (await readdir(directory)).filter((name) => !name.startsWith('cluster.'));
  if (others.length > 0) {
    throw new UserError(
      'invalid-cluster-directory',
      `${directory} holds something else (${others.slice(0, 3).join(', ')}).`,
      { hint: 'Name an empty or a new folder.' },
    );
  }
  const account = await findServerUser(serverUser);
  const own = process.getuid && { uid: process.getuid(), gid: process.getgid?.() ?? 0 };
  const nodes = await addNodes([], standbys + 1, port);
  const password = () => randomBytes(24).toString('base64url');
  const file: ClusterFile = {
    format: 1,
    postgresMajor,
    writer: 'node-1',
    nodes,
    synchronous,
    settings: parseSettings(settings),
    initialised: false,
    serverUser: account ?? own,
    superuserPassword: password(),
    replicationPassword: password(),
  };
  if (!(await canReach(directory, account))) file.dataRoot = await makeDataRoot(account);
  await writeClusterFile(directory, file);
  return await contextOf(directory, file);
}

/** `nodes` and as many new ones as make `count`, each with a free port; the first one gets `port` if it is named. */
export async function addNodes(
  nodes: readonly ClusterNode[],
  count: number,
  port?: number,
): Promise<ClusterNode[]> {
  const result = [...nodes];
  for (let number = 1; result.length < count; number++) {
    const name = `node-${number}`;
    if (result.some((node) => node.name === name)) continue;
    const taken = result.map((node) => node.port);
    const named = result.length === 0 ? port : undefined;
    result.push({ name, port: named ?? (await findFreePort(taken)), state: 'absent' });
  }
  return result;
}

async function makeDataRoot(account: { uid: number; gid: number } | undefined): Promise<string> {
  const root = await mkdtemp(join(await sharedDirectory(), 'cluster-'));
  if (account) await chown(root, account.uid, account.gid);
  return root;
}

/** Makes the folder of a cluster, open to the account of the servers as far as it is ours to open. */
export async function makeDirectory(directory: string): Promise<void> {
  const created = await mkdir(directory, { recursive: true });
  if (created !== undefined) await chmod(directory, 0o711);
}
