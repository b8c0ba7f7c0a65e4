export { postgresMajor } from './binaries.ts';
export type { Cluster, Node, UrlOptions } from './cluster.ts';
export { type FileLockOptions, withFileLock } from './file-lock.ts';
export { openCluster } from './open-cluster.ts';
export type { OperationOptions } from './operation.ts';
export { startCluster, type StartClusterOptions } from './start-cluster.ts';
export { clusterStatus, type ClusterStatus, type NodeStatus } from './status.ts';
export { removeCluster, stopCluster } from './stop-cluster.ts';
