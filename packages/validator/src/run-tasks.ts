import type { Evaluated } from './evaluate.ts';
import type { SessionPool } from './session-pool.ts';
import type { Session } from './session.ts';
import { importSnapshot, type Snapshot } from './snapshot.ts';

/** A piece of work for any session that sees the run's snapshot. */
export type Task = (session: Session) => Promise<Evaluated>;

/**
 * Runs tasks in order, each on the next free session: the coordinator and, while there is work for them, further ones
 * up to `concurrency` in all. The first failure stops what the others run, and is thrown.
 */
export async function runTasks(
  tasks: readonly Task[],
  {
    pool,
    coordinator,
    snapshot,
    concurrency,
  }: {
    pool: SessionPool;
    coordinator: Session;
    snapshot: Snapshot;
    concurrency: number;
  },
): Promise<Evaluated[]> {
  const queue = [...tasks];
  const results: Evaluated[] = [];
  const work = async (session: Session) => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift())
      results.push(await task(session));
  };
  const help = async () => {
    const session = await pool.open();
    await importSnapshot(session, snapshot);
    await work(session);
  };
  const helperCount = Math.max(0, Math.min(concurrency, tasks.length) - 1);
  const workers = [work(coordinator), ...Array.from({ length: helperCount }, help)];
  try {
    await Promise.all(workers);
  } catch (error) {
    // Nobody needs what the other sessions still run.
    pool.stop();
    await Promise.allSettled(workers);
    throw error;
  }
  return results;
}
