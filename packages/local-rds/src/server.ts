import { spawn } from 'node:child_process';
import { chown, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import type { Binaries } from './binaries.ts';
import { diskFull, isDiskFull, logTail } from './server-log.ts';
import { isPortFree } from './ports.ts';
import { readPostmaster } from './postmaster-file.ts';
import { isProcess } from './process-facts.ts';
import { spawnOptions } from './run-process.ts';
import type { ServerUser } from './server-user.ts';

/** One PostgreSQL server: its programs, its account, its folder. */
export interface Server {
  binaries: Binaries;
  user: ServerUser | undefined;
  /** Absolute path of its data folder. */
  data: string;
  /** Absolute path of its log. */
  log: string;
  port: number;
  /** What the user can do when the port is taken. */
  portHint: string;
}

interface StartServerOptions {
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
}

/**
 * Starts the server, which must not be running, and waits until it accepts connections. It is detached: it
 * outlives this process. When this throws, it does not run.
 *
 * @param options.timeoutMs for a standby, which without its writer may never become consistent; none by default,
 *   since recovery after a crash takes as long as it takes
 * @throws UserError `port-in-use`; `server-start-failed` with the end of its log
 */
export async function startServer(server: Server, options: StartServerOptions = {}): Promise<void> {
  options.signal?.throwIfAborted();
  // A server that was killed a moment ago may still be holding its port, or its sessions its shared memory.
  await waitUntilFree(server);
  for (const patienceEnds = performance.now() + 5000; ; await delay(100)) {
    try {
      await launch(server, options);
      return;
    } catch (error) {
      const isHeld = error instanceof UserError && error.message.includes('pre-existing shared memory block');
      if (!isHeld || performance.now() > patienceEnds) throw error;
    }
  }
}

async function waitUntilFree(server: Server): Promise<void> {
  for (const patienceEnds = performance.now() + 500; !(await isPortFree(server.port)); await delay(20)) {
    if (performance.now() > patienceEnds) throw portInUse(server);
  }
}

async function launch(server: Server, options: StartServerOptions): Promise<void> {
  await removeForeignLock(server.data);
  const log = await openLog(server);
  const logStart = (await log.stat()).size;
  const child = spawn(server.binaries.postgres, ['-D', server.data], {
    ...spawnOptions(server.user, server.data, ['ignore', log.fd, log.fd]),
    detached: true,
  });
  // Listened to at once: a server that cannot start ends within a millisecond.
  let ended: { cause?: Error } | undefined;
  const end = new Promise<{ cause?: Error }>((resolve) => {
    child.once('exit', () => resolve({}));
    child.once('error', (cause) => resolve({ cause }));
  }).then((outcome) => (ended = outcome));
  child.unref();
  await log.close();
  const deadline = performance.now() + (options.timeoutMs ?? Infinity);
  for (;;) {
    const status = (await readPostmaster(server.data))?.status;
    if (ended) throw await didNotStart(server, logStart, ended.cause);
    if (status === 'ready' || status === 'standby') return;
    if (options.signal?.aborted || performance.now() > deadline) {
      child.kill('SIGQUIT');
      await end;
      options.signal?.throwIfAborted();
      throw await didNotStart(server, logStart);
    }
    await delay(10);
  }
}

/**
 * A lock file of a crash whose pid belongs to another program by now: PostgreSQL would take that for a server.
 * Where the pid is nobody's, it finds out for itself.
 */
async function removeForeignLock(data: string): Promise<void> {
  const path = join(data, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10);
  if (isProcess(pid)) await rm(path);
}

/** Opened by us, so that it can be where the server's account cannot write. One older log is kept. */
async function openLog(server: Server) {
  const maxBytes = 16 * 2 ** 20;
  const size = await stat(server.log).then(
    ({ size }) => size,
    () => 0,
  );
  if (size > maxBytes) await rename(server.log, `${server.log}.old`);
  const log = await open(server.log, 'a', 0o600);
  if (server.user) await chown(server.log, server.user.uid, server.user.gid);
  return log;
}

function portInUse({ port, portHint }: Server): UserError {
  return new UserError('port-in-use', `Port ${port} of 127.0.0.1 is taken by another program.`, {
    hint: `Stop that program, or ${portHint}`,
  });
}

async function didNotStart(server: Server, logStart: number, cause?: Error): Promise<UserError> {
  const log = cause?.message ?? (await logTail(server.log, logStart));
  if (/could not bind IPv4 address/.test(log)) return portInUse(server);
  if (isDiskFull(log)) return diskFull(server.data);
  return new UserError(
    'server-start-failed',
    `PostgreSQL did not start on ${server.data}. Its log ends with:\n${log}`,
    { hint: `The whole log: ${server.log}`, cause },
  );
}
