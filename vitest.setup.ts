import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestCluster } from '@ecommerce-dms/local-rds/testing';
import type { TestProject } from 'vitest/node';

/**
 * Starts the cluster that every test file shares, unless DMS_TEST_SERVER_URL names a server; stops it, and deletes all
 * temporary files, when the run ends.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Some are left by libraries: cdktf's `Testing.app()` makes a folder and has no way to delete it.
  const folder = await mkdtemp(join(tmpdir(), 'dms-tests-'));
  // As /tmp: PostgreSQL runs under another account where the tests run as root.
  await chmod(folder, 0o1777);
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  // Every command that a test starts is a Node that strips the types of the same sources.
  process.env['NODE_COMPILE_CACHE'] = join(import.meta.dirname, 'node_modules', '.cache', 'tests');
  const given = process.env['DMS_TEST_SERVER_URL'];
  const cluster = given === undefined ? await startTestCluster() : { url: given, stop: async () => {} };
  project.provide('testClusterUrl', cluster.url);
  return async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser URL of the run's server, database `postgres`. */
    testClusterUrl: string;
  }
}
