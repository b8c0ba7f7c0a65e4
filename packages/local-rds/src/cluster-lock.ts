import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/** Name of the lock's file in the cluster's folder. */
export const lockName = 'cluster.lock';

/**
 * Runs `work` while no other process, nor another call in this one, changes the cluster in `directory`.
 *
 * The lock is SQLite's on an empty file: the kernel releases it when its holder dies, however it dies.
 *
 * @param onWait is called once when somebody else holds the lock
 */
export async function withClusterLock<Result>(
  directory: string,
  work: () => Promise<Result>,
  options: { signal?: AbortSignal | undefined; onWait?: () => void } = {},
): Promise<Result> {
  const path = join(directory, lockName);
  for (;;) {
    await mkdir(directory, { recursive: true });
    await (await open(path, 'a', 0o600)).close();
    const file = await stat(path);
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      for (let waited = false; !tryLock(database); waited = true) {
        if (!waited) options.onWait?.();
        options.signal?.throwIfAborted();
        await delay(20);
      }
      // The holder that we waited for may have removed the cluster, this file included.
      if ((await stat(path).catch(() => undefined))?.ino === file.ino) return await work();
    } finally {
      database.close();
    }
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
