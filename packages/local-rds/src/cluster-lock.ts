import { join } from 'node:path';
import { type FileLockOptions, withFileLock } from './file-lock.ts';

/** Name of the lock's file in the cluster's folder. */
export const lockName = 'cluster.lock';

/** Runs `work` while no other process, nor another call in this one, changes the cluster in `directory`. */
export function withClusterLock<Result>(
  directory: string,
  work: () => Promise<Result>,
  options: FileLockOptions = {},
): Promise<Result> {
  return withFileLock(join(directory, lockName), work, options);
}
