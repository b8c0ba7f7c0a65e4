import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/** For what a test run throws away: memory where there is enough of it, since a database is hundreds of files. */
export async function scratchDirectory(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  const roomy = Math.min(process.availableMemory(), memory ? memory.bavail * memory.bsize : 0) >= 4 * 2 ** 30;
  return roomy ? '/dev/shm' : tmpdir();
}
