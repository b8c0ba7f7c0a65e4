import { setTimeout as delay } from 'node:timers/promises';
import { clusterStatus, startCluster, stopCluster } from '@ecommerce-dms/local-rds';
import type { RunContext } from '../stage.ts';
import { clusterDirectory } from './local-database.ts';

const intervalMs = 1000;
/** A standby that reconnects after a restart of the writer is not streaming for a moment. */
const checksBeforeRepair = 3;

/**
 * Runs `work`, and repairs a standby that dies meanwhile: commits wait for it, so that work would wait for ever.
 * When it cannot be repaired (a full disk) the servers are stopped, and that failure is thrown.
 *
 * @param isStarted whether the servers are up; before that, whoever starts them looks after them
 */
export async function withStandbysWatched<Result>(
  context: RunContext,
  isStarted: () => boolean,
  work: (context: RunContext) => Promise<Result>,
): Promise<Result> {
  if (context.environment.settings.target !== 'local') return work(context);
  const directory = clusterDirectory(context.environment);
  const failure = new AbortController();
  const finished = new AbortController();
  const watching = watch(directory, isStarted, finished.signal).catch(async (error: unknown) => {
    failure.abort(error);
    // Commits that wait for the standby cannot be cancelled into a failure: their connections must break.
    await stopCluster(directory);
  });
  try {
    return await work({ ...context, signal: AbortSignal.any([context.signal, failure.signal]) });
  } catch (error) {
    throw failure.signal.aborted ? failure.signal.reason : error;
  } finally {
    finished.abort();
    await watching;
  }
}

async function watch(directory: string, isStarted: () => boolean, finished: AbortSignal): Promise<void> {
  for (let missed = 0; !finished.aborted;) {
    await delay(intervalMs, undefined, { signal: finished }).catch(() => undefined);
    if (finished.aborted || !isStarted()) continue;
    const { nodes, synchronous } = await clusterStatus(directory);
    const [writer, ...standbys] = nodes;
    // A dead writer fails the work by itself.
    const isHealthy =
      !synchronous || writer?.running !== true || standbys.some(({ syncState }) => syncState !== null);
    missed = isHealthy ? 0 : missed + 1;
    if (missed < checksBeforeRepair) continue;
    await startCluster({ directory, signal: finished }).catch((error: unknown) => {
      if (!finished.aborted) throw error;
    });
    missed = 0;
  }
}
