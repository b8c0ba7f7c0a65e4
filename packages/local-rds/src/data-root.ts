import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';

/**
 * Makes sure that the data in `root` is that of the cluster in `directory`, which is known by its inode: it may be
 * renamed, and a copy of it names the same data.
 *
 * @throws UserError `cluster-copied` when the data is that of another folder
 */
export async function claimDataRoot(directory: string, root: string): Promise<void> {
  const marker = markerOf(root);
  const inode = String((await stat(directory)).ino);
  const claim = `${inode} ${directory}\n`;
  const text = await readFile(marker, 'utf8').catch(() => undefined);
  if (text === claim) return;
  const [owner = '', path = ''] = parseClaim(text ?? '');
  if (text !== undefined && owner !== inode) {
    throw new UserError(
      'cluster-copied',
      `${directory} is a copy of a cluster's folder; the data, in ${root}, is that of ${path}.`,
      {
        hint: `Delete ${join(directory, 'cluster.json')} to start over here. If this is the original, which was moved from another disk, delete ${marker}.`,
      },
    );
  }
  await writeFile(marker, claim).catch((error: NodeJS.ErrnoException) => {
    // The data is gone: whoever needs it reports that.
    if (error.code !== 'ENOENT') throw error;
  });
}

/** The cluster's folder that the data in `root` is of, if it is data that lies outside of it. */
export async function claimantOf(root: string): Promise<string | undefined> {
  return await readFile(markerOf(root), 'utf8').then(
    (text) => parseClaim(text)[1],
    () => undefined,
  );
}

function markerOf(root: string): string {
  return join(root, 'cluster-folder');
}

/** Inode and path. */
function parseClaim(text: string): string[] {
  return text.trimEnd().split(/ (.*)/s);
}
