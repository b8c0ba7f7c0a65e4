import {
  type AlarmDefinition,
  alarmDefinitions,
  type AlarmId,
  underivableAlarms,
} from '@ecommerce-dms/alarms';
import type { CompleteCluster } from '@ecommerce-dms/infra';
import { serverlessConnections } from '@ecommerce-dms/infra/settings';

/** What Aurora has no volume, checkpoint or WAL stream for. */
const notOfAurora: readonly AlarmId[] = [
  'free-storage-low',
  'free-storage-critical',
  'transaction-logs-disk-usage',
  'disk-queue-depth',
  'iops',
  'throughput',
  'ebs-io-balance',
  'ebs-byte-balance',
  'burst-balance',
  'replication-slot-lag',
  'checkpoint-lag',
  'replica-lag',
  'replication-stopped',
];

/**
 * The alarms of each member of a cluster. Roles change at a failover, so each has those of a writer and those of a
 * reader; a metric that it does not publish in its role leaves the alarm without data.
 */
export function clusterAlarmPlan(cluster: CompleteCluster, { worker = false } = {}): AlarmDefinition[] {
  const { instanceClass } = cluster;
  const left: AlarmId[] = [
    ...(cluster.mode === 'aurora' ? notOfAurora : []),
    ...underivableAlarms(instanceClass),
    // Nobody should get up because a cluster has paused.
    ...(cluster.mode === 'aurora' && cluster.serverless?.minAcu === 0
      ? (['instance-not-reporting'] as const)
      : []),
  ];
  const inRole = (replica: boolean): AlarmDefinition[] =>
    alarmDefinitions({
      instanceClass,
      ...volume(cluster),
      maxConnections: maxConnections(cluster),
      replica,
      multiAz: true,
      logExports: true,
      worker,
      overrides: Object.fromEntries(left.map((id) => [id, false])),
    });
  const writer = inRole(false);
  const known = new Set(writer.map(({ id }) => id));
  return [...writer, ...inRole(true).filter(({ id }) => !known.has(id))];
}

function volume(cluster: CompleteCluster) {
  if (cluster.mode === 'aurora') return { allocatedStorageGib: 100 };
  const { type, allocatedGib, iops } = cluster.storage;
  return { storageType: type, allocatedStorageGib: allocatedGib, ...(iops === undefined ? {} : { iops }) };
}

function maxConnections(cluster: CompleteCluster): number {
  if (cluster.mode === 'multi-az') return cluster.maxConnections;
  return cluster.maxConnections ?? serverlessConnections(cluster.serverless);
}
