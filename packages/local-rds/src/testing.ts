export { startTestCluster } from './test-cluster.ts';
export { createTestDatabase, type TestDatabase, type TestTemplate } from './test-database.ts';
