import { execFile } from 'node:child_process';
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '@ecommerce-dms/errors';

const run = promisify(execFile);

/** Whether a process of that number is there, of whatever program. */
export function isProcess(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The program and arguments of a process, on Linux each ended by NUL, elsewhere with spaces between them; empty when it has ended. */
export async function commandLine(pid: number): Promise<string> {
  if (platform() === 'linux') {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  }
  const [program, args]: [string, string[]] =
    platform() === 'win32'
      ? [
          'powershell',
          [
            '-NoProfile',
            '-Command',
            `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`,
          ],
        ]
      : ['ps', ['-ww', '-o', 'command=', '-p', String(pid)]];
  return await run(program, args).then(
    ({ stdout }) => stdout.replaceAll('"', '').trim(),
    () => '',
  );
}

/**
 * Whether the working directory of a process is this folder: the folder itself, not one of the same name, since folders
 * are moved and copied while servers run in them.
 *
 * @param folder what `stat` says of `path`
 * @throws UserError `server-unidentified` when the system does not say
 */
export async function worksIn(pid: number, path: string, folder: Stats): Promise<boolean> {
  // There nobody can move a folder that a process works in, so its name is enough.
  if (platform() === 'win32') return (await commandLine(pid)).endsWith(path);
  try {
    const found = platform() === 'linux' ? await statOf(pid, folder) : await lsof(pid);
    return found !== undefined && found.dev === folder.dev && found.ino === folder.ino;
  } catch (cause) {
    if (!isProcess(pid)) return false;
    throw new UserError(
      'server-unidentified',
      `Process ${pid} may be the server of ${path}, or of another folder: the system does not say which.`,
      {
        hint: `If it is, stop it: kill -INT ${pid}. If it is not, delete ${join(path, 'postmaster.pid')}. Then run the same again.`,
        cause,
      },
    );
  }
}

type FolderId = Pick<Stats, 'dev' | 'ino'>;

async function statOf(pid: number, { uid, gid }: Stats): Promise<FolderId | undefined> {
  try {
    return await stat(`/proc/${pid}/cwd`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    // A server runs as the owner of its data.
    if ((await stat(`/proc/${pid}`)).uid !== uid) return undefined;
    // Root in a container may not look at another account's process; that account may.
    const { stdout } = await run('stat', ['-Lc', '%d %i', `/proc/${pid}/cwd`], { uid, gid });
    const [dev, ino] = stdout.split(' ').map(Number);
    return { dev: dev ?? 0, ino: ino ?? 0 };
  }
}

/** Asks `lsof`, which macOS has and which prints device (hexadecimal) and inode, each in a line of its own. */
export async function lsof(pid: number): Promise<FolderId | undefined> {
  const { stdout } = await run('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-F', 'Di']);
  const value = (letter: string) => Number(new RegExp(`^${letter}(.*)$`, 'm').exec(stdout)?.[1]);
  return { dev: value('D'), ino: value('i') };
}
