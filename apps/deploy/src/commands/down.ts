import { rm } from 'node:fs/promises';
import { removeCluster, stopCluster } from '@ecommerce-dms/local-rds';
import { commandFor } from '../command-for.ts';
import { withEnvironmentLock } from '../local/environment-lock.ts';
import { clusterDirectory } from '../local/local-database.ts';
import { stopLocalWorker } from '../local/local-worker.ts';
import { printResult } from '../ui/print-result.ts';
import { requireTarget } from '../require-target.ts';
import { type CommonOptions, runContext } from '../run/run-context.ts';

/** `dms down`: stops the local environment; with `purge` deletes its data. */
export async function down(options: CommonOptions & { purge?: boolean }): Promise<void> {
  const context = await runContext(options);
  const { environment } = context;
  requireTarget(environment, 'local', 'down');
  const directory = clusterDirectory(environment);
  const purged = options.purge === true;
  const found = await withEnvironmentLock(context, async () => {
    // Before its database.
    await stopLocalWorker(environment);
    const found = await (purged ? removeCluster(directory) : stopCluster(directory));
    if (purged) await rm(environment.directory, { recursive: true, force: true });
    return found;
  });
  printResult(
    {
      json: { environment: environment.name, running: false, found, purged },
      text: summary(environment, found, purged),
    },
    options,
  );
}

function summary(environment: { name: string }, found: boolean, purged: boolean): string {
  const { name } = environment;
  if (!found) return `'${name}' has no servers and no data here: nothing was stopped.`;
  return purged
    ? `Stopped '${name}' and deleted its data.`
    : `Stopped '${name}'. Its data is kept; '${commandFor(environment, 'up')}' starts it again.`;
}
