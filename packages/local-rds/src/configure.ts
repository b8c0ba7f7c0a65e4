import { chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serverOf, type ClusterContext } from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';
import { readPostmaster } from './postmaster-file.ts';
import { runProcess } from './run-process.ts';
import { passfilePath, pgHbaConf, postgresqlConf, replicationRole } from './settings.ts';

/** Writes a node's configuration files where they differ; a running server reads them again then. */
export async function configure(context: ClusterContext, node: ClusterNode): Promise<void> {
  const server = serverOf(context, node);
  const changes = await Promise.all([
    writeOwned(context, join(server.data, 'postgresql.conf'), postgresqlConf(context, node)),
    writeOwned(context, join(server.data, 'pg_hba.conf'), pgHbaConf),
  ]);
  if (!changes.includes(true) || !(await readPostmaster(server.data))) return;
  await runProcess(server.binaries.pgCtl, ['reload', '-D', server.data], {
    user: server.user,
    cwd: server.data,
  });
}

/** Writes the file that standbys take their password from. */
export async function writePassfile(context: ClusterContext): Promise<void> {
  const line = `127.0.0.1:*:*:${replicationRole}:${context.file.replicationPassword}\n`;
  await writeOwned(context, passfilePath(context), line);
}

/** Whether the file had to be written. */
async function writeOwned({ user }: ClusterContext, path: string, text: string): Promise<boolean> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return false;
  await writeFile(path, text, { mode: 0o600 });
  if (user) await chown(path, user.uid, user.gid);
  return true;
}
