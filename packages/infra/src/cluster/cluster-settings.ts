import type { PostgresInstanceProps } from '../database/postgres-props.ts';
import type { AuroraClusterProps, MultiAzClusterProps } from './cluster-props.ts';

type OfEnvironment = 'name' | 'databaseName' | 'network' | 'encryption' | 'logRetentionDays';

/** The options of a cluster that an environment does not give by itself. */
export type ClusterSettings =
  | Omit<MultiAzClusterProps, OfEnvironment>
  | Omit<AuroraClusterProps, OfEnvironment>;

/** What an instance and a cluster mean the same by. */
const shared = [
  'port',
  'adminUsername',
  'parameters',
  'backupRetentionDays',
  'backupWindow',
  'maintenanceWindow',
  'deletionProtection',
  'finalSnapshot',
  'monitoringIntervalSeconds',
  'insights',
  'caCertificate',
  'applyImmediately',
] as const;

/** Settings of a cluster in place of an instance: what the two share is the instance's, unless the cluster has its own. */
export function clusterInPlaceOf(
  database: Partial<PostgresInstanceProps>,
  cluster: ClusterSettings,
): ClusterSettings {
  const taken = Object.fromEntries(shared.map((name) => [name, cluster[name] ?? database[name]]));
  return { ...cluster, ...taken };
}
