import { startTestCluster } from '@ecommerce-dms/local-rds/testing';
import type { TestProject } from 'vitest/node';

/** Starts the cluster that every test file shares, and stops it when the run ends. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startTestCluster();
  project.provide('testClusterUrl', cluster.url);
  return () => cluster.stop();
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser URL of the run's PostgreSQL 18, database `postgres`. */
    testClusterUrl: string;
  }
}
