import { existsSync } from 'node:fs';
import { mkdir, readdir, realpath, symlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { type CheckedOut, inCommit } from './check-out.ts';

/**
 * Gives the files of a commit the installed packages of the working tree, wherever they are in it or above it. A
 * package of the repository itself is the commit's.
 *
 * @param above an empty folder around the files: what lies above the repository is put there
 */
export async function linkModules(checkedOut: CheckedOut, above: string): Promise<void> {
  for (const folder of await foldersWithModules(checkedOut.repository)) {
    const target = inCommit(checkedOut, folder);
    if (target === undefined || !existsSync(target)) continue;
    await linkAll(join(folder, 'node_modules'), join(target, 'node_modules'), checkedOut);
  }
  for (let folder = dirname(checkedOut.repository); folder !== dirname(folder); folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules)) await linkAll(modules, join(above, 'node_modules'), checkedOut);
  }
}

/** The folders below and including `folder` that have packages installed. */
async function foldersWithModules(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const below = entries.filter(
    (entry) => entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git',
  );
  const found = await Promise.all(below.map(({ name }) => foldersWithModules(join(folder, name))));
  const own = entries.some(({ name }) => name === 'node_modules') ? [folder] : [];
  return [...own, ...found.flat()];
}

/** Links each package; those that are there already stay. */
async function linkAll(modules: string, target: string, checkedOut: CheckedOut): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of await readdir(modules)) {
    if (name.startsWith('@')) await linkAll(join(modules, name), join(target, name), checkedOut);
    else await link(join(modules, name), join(target, name), checkedOut);
  }
}

async function link(path: string, target: string, checkedOut: CheckedOut): Promise<void> {
  if (existsSync(target)) return;
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return;
  const own = real.split(sep).includes('node_modules') ? undefined : inCommit(checkedOut, real);
  // A package that the commit has not yet is none of its.
  if (own !== undefined && !existsSync(own)) return;
  await symlink(own ?? real, target);
}
