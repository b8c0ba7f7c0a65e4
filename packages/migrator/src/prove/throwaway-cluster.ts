import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as LocalRds from '@ecommerce-dms/local-rds';
import { UserError } from '@ecommerce-dms/errors';

interface ClusterOptions {
  signal: AbortSignal;
  onProgress: (line: string) => void;
}

/**
 * Calls `use` with the URL of a PostgreSQL server that is started for it, and removed afterwards.
 *
 * @throws UserError `invalid-settings`: `@ecommerce-dms/local-rds` is not installed.
 */
export async function withThrowawayCluster<Result>(
  { signal, onProgress }: ClusterOptions,
  use: (url: string) => Promise<Result>,
): Promise<Result> {
  const { startCluster, removeCluster } = await loadLocalRds();
  const directory = await mkdtemp(join(tmpdir(), 'dms-prove-'));
  try {
    // Nothing in it has to outlive the process.
    const settings = { fsync: 'off' };
    const cluster = await startCluster({
      directory: join(directory, 'postgres'),
      standbys: 0,
      settings,
      signal,
      onProgress,
    });
    return await use(cluster.adminUrl);
  } finally {
    await removeCluster(join(directory, 'postgres')).catch(() => {});
    await rm(directory, { recursive: true, force: true });
  }
}

async function loadLocalRds(): Promise<Pick<typeof LocalRds, 'startCluster' | 'removeCluster'>> {
  try {
    return await import('@ecommerce-dms/local-rds');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND')) throw cause;
    throw new UserError(
      'invalid-settings',
      'A throwaway cluster needs @ecommerce-dms/local-rds, which is not installed.',
      {
        hint: 'Install it: `npm install --save-dev @ecommerce-dms/local-rds`. Or name a server: `--shadow-url URL`.',
        cause,
      },
    );
  }
}
