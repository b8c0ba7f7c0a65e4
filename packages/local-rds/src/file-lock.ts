import { closeSync, openSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

export interface FileLockOptions {
  /** Ends the wait for another holder: the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called once when somebody else holds the lock. */
  onWait?: () => void;
}

/**
 * Runs `work` while no other process, nor another call in this one, holds the lock of the file `path`. The file and
 * its folder are made when absent; `work` may delete them.
 *
 * The lock is SQLite's on an empty file: the kernel releases it when its holder dies, however it dies.
 */
export async function withFileLock<Result>(
  path: string,
  work: () => Promise<Result>,
  options: FileLockOptions = {},
): Promise<Result> {
  for (;;) {
    await mkdir(dirname(path), { recursive: true });
    createFile(path);
    const file = await stat(path).catch(() => undefined);
    // A holder has just removed it.
    if (file === undefined) continue;
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      for (let waited = false; !tryLock(database); waited = true) {
        if (!waited) options.onWait?.();
        options.signal?.throwIfAborted();
        await delay(20);
      }
      // The holder that we waited for may have removed this file.
      if ((await stat(path).catch(() => undefined))?.ino === file.ino) return await work();
    } finally {
      database.close();
    }
  }
}

/**
 * Makes the file unless it is there. It is never opened again but by SQLite, and the new one is closed before another
 * call of this process can lock it: whoever closes a file gives up all locks that the process has on it (POSIX).
 */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    // No journal file: nothing is written.
    database.exec('pragma journal_mode = memory; begin exclusive');
    return true;
  } catch (error) {
    const sqliteBusy = 5;
    if ((error as { errcode?: number }).errcode === sqliteBusy) return false;
    throw error;
  }
}
