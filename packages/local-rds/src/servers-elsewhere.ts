import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { claimantOf } from './data-root.ts';
import { parseServer } from './postmaster-file.ts';
import { commandLine, worksIn } from './process-facts.ts';

/**
 * For a folder without a cluster, or before one is started there: no server that was started there may run on. Its folder
 * was moved away or deleted, and it writes its control file, whose path is absolute, into what is there now.
 * Linux only: elsewhere the servers' working directories are not listed.
 *
 * @param options.exceptHere not those whose data is still where they were started
 * @throws UserError `servers-elsewhere`
 */
export async function refuseServersElsewhere(
  directory: string,
  { exceptHere = false }: { exceptHere?: boolean } = {},
): Promise<void> {
  if (platform() !== 'linux') return;
  const path = await resolveLinks(resolve(directory));
  const servers: { pid: number; folder: string }[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
    const data = parseServer(await commandLine(pid))?.data;
    if (data === undefined || !/^node-\d+$/.test(basename(data))) continue;
    const root = dirname(data);
    if (((await claimantOf(root)) ?? root) !== path) continue;
    const here = exceptHere ? await stat(data).catch(() => undefined) : undefined;
    if (here && (await worksIn(pid, data, here))) continue;
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => 'a folder that is not known');
    servers.push({ pid, folder });
  }
  if (servers.length === 0) return;
  const list = servers.map(({ pid, folder }) => `process ${pid} in ${folder}`).join(', ');
  throw new UserError('servers-elsewhere', `Servers that were started in ${path} run on: ${list}.`, {
    hint: `Stop the cluster in the folder that it was moved to; where that is gone: kill -QUIT ${servers.map(({ pid }) => pid).join(' ')}.`,
  });
}

/** As `realpath`, also of a path whose last folders are not there. */
async function resolveLinks(path: string): Promise<string> {
  if (path === dirname(path)) return path;
  return await realpath(path).catch(async () => join(await resolveLinks(dirname(path)), basename(path)));
}
