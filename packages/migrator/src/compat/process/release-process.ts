import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from '@ecommerce-dms/errors';
import type { ClientConfig } from 'pg';
import { migratorCommand } from '../../migrator-command.ts';
import type { ReleaseLocation, ReleaseMethods, RemoteFailure, Response } from './messages.ts';

/** A release in a process of its own. */
export type RemoteRelease = Omit<ReleaseMethods, 'open'>;

/** Where its process looks for variables; those that would lead MikroORM to another database are left out. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Starts a process, loads the code of a release in it, and ends it after `use`.
 *
 * @param log gets what the release prints
 * @throws UserError `release-unusable`: its code cannot be loaded, or its process ends.
 * @throws UserError `interrupted`: the signal was aborted.
 */
export async function withReleaseProcess<Result>(
  location: ReleaseLocation,
  { env, log, signal }: { env: Environment; log: (line: string) => void; signal: AbortSignal | undefined },
  use: (release: RemoteRelease) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';
  const child = fork(fileURLToPath(new URL(`release-worker.${extension}`, import.meta.url)), [], {
    cwd: location.folder,
    env: childEnv(env, location.session),
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => text.trimEnd().split('\n').forEach(log));
  }
  const stop = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', stop);
  try {
    const release = remote(child, signal);
    await release.open({ ...location, session: await plainSession(location.session) });
    return await use(release);
  } finally {
    signal?.removeEventListener('abort', stop);
    child.kill('SIGKILL');
  }
}

/** Each call is a message, answered by another. */
function remote(child: ChildProcess, signal: AbortSignal | undefined): ReleaseMethods {
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let ended: Error | undefined;
  let lastId = 0;
  child.on('message', (response: Response) => {
    const caller = waiting.get(response.id);
    waiting.delete(response.id);
    if ('failure' in response) caller?.reject(localError(response.failure));
    else caller?.resolve(response.result);
  });
  const end = (reason: string): void => {
    ended ??= signal?.aborted
      ? new UserError('interrupted', 'The check of the releases was interrupted. Nothing is left of it.')
      : new UserError('release-unusable', `The process of the previous release has ended: ${reason}.`, {
          hint: loadRemedy,
        });
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  child.on('error', ({ message }) => end(message));
  child.on('exit', (code, killed) => end(killed ?? `exit code ${code}`));
  const call = (method: keyof ReleaseMethods, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      child.send({ id, method, args });
    });
  return new Proxy({} as ReleaseMethods, {
    get:
      (_, method) =>
      (...args: unknown[]) =>
        call(method as keyof ReleaseMethods, args),
  });
}

function localError({ message, hint }: RemoteFailure): Error {
  const isMissing = /Cannot find (package|module)/.test(message);
  return new UserError('release-unusable', `The previous release fails: ${message}`, {
    hint: isMissing || hint === undefined ? loadRemedy : hint,
  });
}

/** What a release may need that the working tree does not have. */
const loadRemedy = `It runs with the installed packages of the working tree. If it needs others, have them installed: ${migratorCommand('compat', '--previous', 'REF', '--previous-install', 'npm ci')}.`;

/** A session as another process can have it: its password is not asked for, and no function is part of it. */
async function plainSession(session: ClientConfig): Promise<ClientConfig> {
  const { connectionString, host, port, user, password, database, ssl, options } = session;
  const isAsked = typeof password === 'function';
  const tls = typeof ssl === 'object' ? withoutFunctions(ssl) : ssl;
  const plain = {
    connectionString,
    host,
    port,
    user,
    password: isAsked ? await (password as () => unknown)() : password,
    database,
    ssl: tls,
    options,
  };
  return Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
}

function withoutFunctions(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => typeof value !== 'function'));
}

/** `DATABASE_URL` is that of the throwaway database: nothing else in the release is to find another one. */
function childEnv(env: Environment, { connectionString }: ClientConfig): NodeJS.ProcessEnv {
  const connection = /^MIKRO_ORM_(CLIENT_URL|DB_NAME|HOST|PORT|USER|PASSWORD|SCHEMA)$/;
  const kept = Object.entries(env).filter(([name]) => !connection.test(name));
  return {
    ...Object.fromEntries(kept),
    ...(connectionString !== undefined && { DATABASE_URL: connectionString }),
  };
}
