import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** One statement of the load. Times are in ms since the epoch. */
export interface TimedQuery {
  startMs: number;
  ms: number;
  sql: string;
  /** PostgreSQL's message, where it failed. */
  error?: string;
}

/** What {@link startLoad} has begun. */
export interface Load {
  /** Ends it, and returns its statements. */
  end(): Promise<TimedQuery[]>;
}

/**
 * Runs the load in a thread of its own, so that the migrator's work in this one is not measured as waiting; returns when
 * every client has sent its first statements.
 */
export async function startLoad(url: string, clientCount: number): Promise<Load> {
  const worker = new Worker(new URL('./load-worker.ts', import.meta.url), {
    workerData: { url, clientCount },
  });
  await once(worker, 'message');
  return {
    end: async () => {
      const ended = once(worker, 'message') as Promise<[TimedQuery[]]>;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage('end');
      const [queries] = await ended;
      await worker.terminate();
      return queries;
    },
  };
}
