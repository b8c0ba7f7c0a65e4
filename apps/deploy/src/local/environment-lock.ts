import { join } from 'node:path';
import { withFileLock } from '@ecommerce-dms/local-rds';
import type { RunContext } from '../stage.ts';

/** Runs `work` while no other `dms up` or `dms down` is at the same local environment. */
export function withEnvironmentLock<Result>(
  { environment, signal }: RunContext,
  work: () => Promise<Result>,
): Promise<Result> {
  return withFileLock(join(environment.directory, 'dms.lock'), work, {
    signal,
    onWait: () => console.error(`Waiting for another dms command on '${environment.name}'.`),
  });
}
