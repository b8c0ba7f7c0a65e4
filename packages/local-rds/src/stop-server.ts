import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import { readPostmaster } from './postmaster-file.ts';
import { runProcess } from './run-process.ts';
import type { Server } from './server.ts';

/**
 * Stops the server if it runs, and waits for its end. Its sessions are ended, and a writer's standbys get all of
 * its WAL. One that does not stop within `graceMs` is stopped hard, at last killed: no committed row is lost by that.
 */
export async function stopServer(
  server: Pick<Server, 'binaries' | 'user' | 'data'>,
  graceMs = 30_000,
): Promise<void> {
  const attempts = [
    { args: ['stop', '-D', server.data, '-m', 'fast', '-W'], waitMs: graceMs },
    { args: ['stop', '-D', server.data, '-m', 'immediate', '-W'], waitMs: 5000 },
  ];
  for (const { args, waitMs } of attempts) {
    const postmaster = await readPostmaster(server.data);
    if (!postmaster) return;
    // Its last checkpoint would go to the folder's old name, where another cluster may be by now.
    if (postmaster.isDisplaced && args.includes('fast')) continue;
    try {
      await runProcess(server.binaries.pgCtl, args, { user: server.user, cwd: '/' });
    } catch (error) {
      // It may have ended by itself between the two lines.
      if (await readPostmaster(server.data)) throw error;
    }
    if (await hasEnded(server.data, waitMs)) return;
  }
  const postmaster = await readPostmaster(server.data);
  if (!postmaster) return;
  process.kill(postmaster.pid, 'SIGKILL');
  if (await hasEnded(server.data, 5000)) return;
  throw new UserError('server-stop-failed', `The PostgreSQL process ${postmaster.pid} does not end.`);
}

async function hasEnded(data: string, waitMs: number): Promise<boolean> {
  for (const deadline = performance.now() + waitMs; await readPostmaster(data); await delay(10)) {
    if (performance.now() > deadline) return false;
  }
  return true;
}
