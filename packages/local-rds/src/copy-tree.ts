import { constants } from 'node:fs';
import { chmod, chown, copyFile, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerUser } from './server-user.ts';

interface CopyTreeOptions {
  /** Who owns the copy; ourselves by default. */
  owner?: ServerUser | undefined;
  /** Makes the copy readable by everybody, whatever the modes of the original are. */
  readableByAll?: boolean;
  /** Paths, relative to the source with `/`, that are left out; the contents of a folder go with it. */
  skip?: (path: string) => boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Copies a folder that may be changing: a file that vanishes meanwhile is left out. Where the file system can
 * share blocks, it does. The target folder must not exist.
 */
export async function copyTree(source: string, target: string, options: CopyTreeOptions = {}): Promise<void> {
  await copyFolder(source, target, '', options);
}

async function copyFolder(
  source: string,
  target: string,
  path: string,
  options: CopyTreeOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  await mkdir(join(target, path), { mode: options.readableByAll ? 0o755 : 0o700 });
  if (options.owner) await chown(join(target, path), options.owner.uid, options.owner.gid);
  const entries = await readdir(join(source, path), { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const child = path === '' ? entry.name : `${path}/${entry.name}`;
      if (options.skip?.(child)) return;
      if (entry.isDirectory()) await copyFolder(source, target, child, options);
      else if (entry.isSymbolicLink())
        await symlink(await readlink(join(source, child)), join(target, child));
      else await copyOne(join(source, child), join(target, child), options);
    }),
  );
}

async function copyOne(source: string, target: string, options: CopyTreeOptions): Promise<void> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (options.owner) await chown(target, options.owner.uid, options.owner.gid);
  if (options.readableByAll) await chmod(target, 0o755);
}
