import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isBlank, isPageIntact, pageBytes } from './page-checksum.ts';
import { hasPage, type Original } from './relation-files.ts';

const chunkPages = 128;
/** A server writes a page within that time, and it is intact when it is read again. */
const writeMs = 500;

/**
 * Damaged pages of a data folder, as sentences: in all forks of all relations those whose checksums do not fit, and,
 * where that can be compared, blank ones that are not blank in the writer's data. The server may run.
 *
 * @param most after so many the search ends
 */
export async function damagedPages(
  data: string,
  most: number,
  { original, signal }: { original?: Original | undefined; signal?: AbortSignal | undefined } = {},
): Promise<string[]> {
  const faults: string[] = [];
  for await (const { path, offset, page } of pagesOf(data, signal)) {
    const fault = isBlank(page)
      ? original?.isFlushed && isMainFork(path) && (await hasPage(original, path, offset)) && 'is blank'
      : (await isDamaged(join(data, path), offset, page, blockOf(path, offset))) && 'has a wrong checksum';
    if (fault && faults.push(`${path}, page ${blockOf(path, offset)}, ${fault}`) === most) break;
  }
  return faults;
}

interface Page {
  /** Of its file, in the data folder. */
  path: string;
  offset: number;
  /** Valid until the next one is asked for. */
  page: Uint8Array;
}

async function* pagesOf(data: string, signal: AbortSignal | undefined): AsyncGenerator<Page> {
  const chunk = Buffer.alloc(chunkPages * pageBytes);
  const databases = (await readdir(join(data, 'base'))).map((oid) => `base/${oid}`);
  for (const folder of ['global', ...databases]) {
    for (const name of await readdir(join(data, folder)).catch(() => [])) {
      if (!/^\d+(_(fsm|vm|init))?(\.\d+)?$/.test(name)) continue;
      const path = `${folder}/${name}`;
      const file = await openUnlessDropped(join(data, path));
      if (!file) continue;
      try {
        for (let position = 0; ; position += chunk.length) {
          signal?.throwIfAborted();
          const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
          // A last page that is not whole is being added.
          for (let at = 0; at + pageBytes <= bytesRead; at += pageBytes) {
            yield { path, offset: position + at, page: chunk.subarray(at, at + pageBytes) };
          }
          if (bytesRead < chunk.length) break;
        }
      } finally {
        await file.close();
      }
    }
  }
}

async function openUnlessDropped(path: string): Promise<FileHandle | undefined> {
  return await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
}

/** Its number within the relation, whose files have 1 GB. */
function blockOf(path: string, offset: number): number {
  return Number(/\.(\d+)$/.exec(path)?.[1] ?? 0) * 2 ** 17 + offset / pageBytes;
}

function isMainFork(path: string): boolean {
  return !path.includes('_');
}

async function isDamaged(path: string, offset: number, page: Uint8Array, block: number): Promise<boolean> {
  if (isPageIntact(page, block)) return false;
  const again = Buffer.alloc(pageBytes);
  for (const patienceEnds = performance.now() + writeMs; performance.now() < patienceEnds; await delay(20)) {
    const file = await openUnlessDropped(path);
    try {
      const { bytesRead = 0 } = (await file?.read(again, 0, pageBytes, offset)) ?? {};
      // Dropped or truncated meanwhile, or written by now.
      if (bytesRead < pageBytes || isPageIntact(again, block)) return false;
    } finally {
      await file?.close();
    }
  }
  return true;
}
