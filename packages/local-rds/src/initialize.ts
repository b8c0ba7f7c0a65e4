import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { runProcess } from './run-process.ts';
import type { ServerUser } from './server-user.ts';

/** The database superuser of every cluster. */
export const superuser = 'postgres';

/**
 * Makes an empty database cluster in `data`, which must not exist: UTF-8, the built-in C.UTF-8 locale (sorted the
 * same on every platform), checksums, scram-sha-256.
 *
 * @param scratch an existing folder that the account of the server can read, for the password file
 */
export async function initialize(options: {
  binaries: Binaries;
  user: ServerUser | undefined;
  data: string;
  scratch: string;
  password: string;
  /** Whether to wait for the disk. */
  sync: boolean;
  signal?: AbortSignal;
}): Promise<void> {
  const { binaries, user, data } = options;
  const passwordFile = join(options.scratch, 'password');
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  await mkdir(data, { mode: 0o700 });
  if (user) for (const path of [passwordFile, data]) await chown(path, user.uid, user.gid);
  await runProcess(
    binaries.initdb,
    [
      `--pgdata=${data}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
      '--no-instructions',
      ...(options.sync ? [] : ['--no-sync']),
    ],
    { user, cwd: options.scratch, signal: options.signal },
  );
}
