import { rm } from 'node:fs/promises';
import { removeCluster, stopCluster } from '@ecommerce-dms/local-rds';
import { requireLocal } from '../local/require-local.ts';
import { withEnvironmentLock } from '../local/environment-lock.ts';
import { clusterDirectory } from '../local/local-database.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runContext } from './run-stage.ts';

/** `dms down`: stops the local environment; with `purge` deletes its data. */
export async function down(options: CommonOptions & { purge?: boolean }): Promise<void> {
  const context = await runContext(options);
  const { environment } = context;
  requireLocal(environment, 'down');
  const directory = clusterDirectory(environment);
  const purged = options.purge === true;
  await withEnvironmentLock(context, async () => {
    if (purged) {
      await removeCluster(directory);
      await rm(environment.directory, { recursive: true, force: true });
    } else {
      await stopCluster(directory);
    }
  });
  const text = purged
    ? `Stopped '${environment.name}' and deleted its data.`
    : `Stopped '${environment.name}'. Its data is kept; 'dms up' starts it again.`;
  printResult(
    { json: { environment: environment.name, running: false, purged }, text },
    options.json === true,
  );
}
