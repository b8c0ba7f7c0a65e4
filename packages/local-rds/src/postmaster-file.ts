import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from './exists.ts';
import { commandLine, isProcess, worksIn } from './process-facts.ts';

/** What `postmaster.pid` says of a running server. */
export interface Postmaster {
  pid: number;
  port: number;
  /** Accepts connections: as a writer (`ready`) or read-only (`standby`). */
  status: 'starting' | 'stopping' | 'ready' | 'standby';
  /**
   * Its folder or its programs were moved since it was started. It serves on, and cannot read its configuration nor load
   * a library until it is restarted.
   */
  isDisplaced: boolean;
}

/**
 * The server that runs on a data folder, whatever the folder was called when it was started; undefined when none does.
 * The file of a crash or of a copied folder, whose process is gone, or another program's, or the server of another
 * folder, counts as none.
 *
 * @throws UserError `server-unidentified` when the system does not say whether the process is the server of this folder
 */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!isProcess(pid)) return undefined;
  const server = parseServer(await commandLine(pid));
  const folder = await stat(data).catch(() => undefined);
  if (!server || !folder || !(await worksIn(pid, data, folder))) return undefined;
  return {
    pid,
    port: Number(lines[3]),
    status: (lines[7]?.trim() || 'starting') as Postmaster['status'],
    isDisplaced: server.data !== data || !(await exists(server.program)),
  };
}

/**
 * The program and the data folder in a {@link commandLine} of a server, `PROGRAM -D FOLDER`; undefined for other commands.
 * Where spaces part the arguments, a folder's name must not look like it.
 */
export function parseServer(command: string): { program: string; data: string } | undefined {
  const [, program, data] =
    /^([^\0]*\bpostgres)\0-D\0([^\0]*)\0$/.exec(command) ??
    /^([^\0]*\bpostgres(?:\.exe)?) -D ([^\0]*)$/.exec(command) ??
    [];
  return program === undefined || data === undefined ? undefined : { program, data };
}
