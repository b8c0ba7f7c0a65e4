import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { scratchDirectory } from './scratch-directory.ts';
import { removeCluster } from './stop-cluster.ts';
import { startCluster } from './start-cluster.ts';

/** Speed over safety: the cluster is thrown away with the run. */
const settings = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  checkpoint_timeout: '1h',
  jit: 'off',
  random_page_cost: 1.1,
  max_prepared_transactions: 10,
};

/**
 * Starts a throw-away cluster without standbys for a test run. It is removed by `stop()`, and also when this
 * process is killed.
 *
 * @throws UserError those of `startCluster`.
 * @returns the superuser's URL, database `postgres`, and the function that ends it
 * @example
 * ```ts
 * const cluster = await startTestCluster();
 * const { url, stop } = cluster; // in a globalSetup: provide the one, return the other
 * ```
 */
export async function startTestCluster(): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(await scratchDirectory(), 'local-rds-test-'));
  // Open to the account of the server, when that is not ours.
  await chmod(directory, 0o711);
  const watcher = removeWhenParentDies(directory);
  const cluster = await startCluster({ directory, standbys: 0, settings });
  return {
    url: cluster.adminUrl,
    stop: async () => {
      await removeCluster(directory);
      watcher.kill();
    },
  };
}

/** The end of its standard input means to the watcher that the test run has ended, or was killed. */
function removeWhenParentDies(directory: string): ChildProcess {
  const module = JSON.stringify(new URL(`./stop-cluster${extname(import.meta.url)}`, import.meta.url));
  const folder = JSON.stringify(directory);
  const script = `process.stdin.resume().on('end', async () => {
    await (await import(${module})).removeCluster(${folder});
    require('node:fs').rmSync(${folder}, { recursive: true, force: true });
  })`;
  const watcher = spawn(process.execPath, ['-e', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  return watcher;
}
