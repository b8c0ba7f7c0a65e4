import { spawn, type StdioOptions } from 'node:child_process';
import { UserError } from '@ecommerce-dms/errors';
import type { ServerUser } from './server-user.ts';

/** Nothing of the caller's environment reaches the server: no PG* variable, no secret. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { PATH, SystemRoot, LC_ALL: 'C', TZ: 'UTC' };
}

/** Options of a child process that runs as `user`. */
export function spawnOptions(user: ServerUser | undefined, cwd: string, stdio: StdioOptions) {
  return { cwd, stdio, env: serverEnvironment(), windowsHide: true, ...user };
}

/**
 * Runs a program of PostgreSQL to its end.
 *
 * @returns what it printed
 * @throws UserError `postgres-tool-failed` with what it printed; the signal's reason when aborted
 */
export async function runProcess(
  program: string,
  args: string[],
  options: { user: ServerUser | undefined; cwd: string; signal?: AbortSignal },
): Promise<string> {
  options.signal?.throwIfAborted();
  const child = spawn(program, args, spawnOptions(options.user, options.cwd, ['ignore', 'pipe', 'pipe']));
  const abort = () => child.kill('SIGTERM');
  options.signal?.addEventListener('abort', abort, { once: true });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    options.signal?.throwIfAborted();
    if (code === 0) return output;
    throw new UserError(
      'postgres-tool-failed',
      `${program} ended with code ${code}:\n${output.trim().split('\n').slice(-8).join('\n')}`,
    );
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}
