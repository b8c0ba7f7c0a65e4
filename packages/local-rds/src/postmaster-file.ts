import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What `postmaster.pid` says of a running server. */
export interface Postmaster {
  pid: number;
  port: number;
  /** Accepts connections: as a writer (`ready`) or read-only (`standby`). */
  status: 'starting' | 'stopping' | 'ready' | 'standby';
}

/**
 * The server that runs on a data folder; undefined when none does. A file that a crash left behind, whose process
 * is gone or is another program by now, counts as none.
 */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!(pid > 0) || !(await isPostmasterOf(pid, data))) return undefined;
  return { pid, port: Number(lines[3]), status: (lines[7]?.trim() || 'starting') as Postmaster['status'] };
}

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

/** Whether the process `pid` is a server of this data folder: its command line ends with `-D FOLDER`. */
async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  return isProcess(pid) && (await commandLine(pid)).replaceAll('\0', ' ').trim().endsWith(`-D ${data}`);
}

async function commandLine(pid: number): Promise<string> {
  if (platform() === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program, args] =
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
  return await promisify(execFile)(program as string, args as string[]).then(
    ({ stdout }) => stdout,
    () => '',
  );
}
