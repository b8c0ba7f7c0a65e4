import { spawn } from 'node:child_process';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import type { Binaries } from './binaries.ts';
import { isPortFree } from './ports.ts';
import { readPostmaster, type Postmaster } from './postmaster-file.ts';
import { runProcess, spawnOptions } from './run-process.ts';
import type { ServerUser } from './server-user.ts';

/** One PostgreSQL server: its programs, its folder, its account. */
export interface Server {
  binaries: Binaries;
  user: ServerUser | undefined;
  /** Absolute path of its data folder. */
  data: string;
  /** Absolute path of its log. */
  log: string;
  port: number;
}

/**
 * Starts the server and waits until it accepts connections. It is detached: it outlives this process.
 *
 * @throws UserError `port-in-use`; `server-did-not-start` with the end of its log
 */
export async function startServer(server: Server, signal?: AbortSignal): Promise<Postmaster> {
  signal?.throwIfAborted();
  if (!(await isPortFree(server.port))) throw portInUse(server.port);
  // No server runs here (the caller looked), so a lock file is a crash's. PostgreSQL would respect it if
  // another program had the pid by now.
  await rm(join(server.data, 'postmaster.pid'), { force: true });
  const log = await open(server.log, 'a', 0o600);
  const logStart = (await log.stat()).size;
  const child = spawn(server.binaries.postgres, ['-D', server.data], {
    ...spawnOptions(server.user, server.data, ['ignore', log.fd, log.fd]),
    detached: true,
  });
  let ended: { cause?: unknown } | undefined;
  child.once('error', (cause) => (ended = { cause }));
  child.once('exit', () => (ended = {}));
  child.unref();
  await log.close();
  for (;;) {
    if (ended) throw await didNotStart(server, logStart, ended.cause);
    const postmaster = await readPostmaster(server.data);
    if (postmaster?.status === 'ready' || postmaster?.status === 'standby') return postmaster;
    if (signal?.aborted) {
      child.kill('SIGQUIT');
      signal.throwIfAborted();
    }
    await delay(10);
  }
}

/** Stops the server if it runs: sessions are ended, what is committed is on disk. */
export async function stopServer(server: Pick<Server, 'binaries' | 'user' | 'data'>): Promise<void> {
  if (!(await readPostmaster(server.data))) return;
  await runProcess(server.binaries.pgCtl, ['stop', '-D', server.data, '-m', 'fast', '-W'], {
    user: server.user,
    cwd: server.data,
  });
  while (await readPostmaster(server.data)) await delay(10);
}

function portInUse(port: number): UserError {
  return new UserError('port-in-use', `Port ${port} of 127.0.0.1 is taken by another program.`, {
    hint: 'Stop that program, or ask for another port.',
  });
}

async function didNotStart(server: Server, logStart: number, cause: unknown): Promise<UserError> {
  const log = (await readFile(server.log)).subarray(logStart).toString().trim();
  if (/could not bind IPv4 address/.test(log)) return portInUse(server.port);
  const size = (await stat(server.log)).size;
  return new UserError(
    'server-did-not-start',
    `PostgreSQL did not start on ${server.data}:\n${log.split('\n').slice(-8).join('\n')}`,
    { hint: `The whole log is ${server.log} (${size} bytes).`, cause },
  );
}
