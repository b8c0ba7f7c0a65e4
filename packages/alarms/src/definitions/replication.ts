import type { InstanceAlarm } from './instance-alarm.ts';
import { awsRecommended, ownRule } from './sources.ts';

/** What only a replica has: its lag, and the value -1 that RDS reports when replication is not active. */
export function replicaAlarms(): InstanceAlarm[] {
  return [
    {
      id: 'replica-lag',
      metrics: ['ReplicaLag'],
      statistic: 'Maximum',
      operator: 'GreaterThanThreshold',
      threshold: 60,
      unit: 'seconds',
      evaluationPeriods: 10,
      title: 'Replica falls behind',
      why: 'Readers of this replica see data that is a minute old or older.',
      derivation: '60 s, the same for every class.',
      source: awsRecommended,
      runbook:
        "Long queries on the replica stop replay (max_standby_streaming_delay): end them. Otherwise the replica is too small for the writes: compare its class and its iops alarm with the writer's.",
      range: { min: -1, max: null },
    },
    {
      id: 'replication-stopped',
      metrics: ['ReplicaLag'],
      statistic: 'Maximum',
      operator: 'LessThanThreshold',
      threshold: 0,
      unit: 'seconds',
      evaluationPeriods: 5,
      severity: 'page',
      title: 'Replication has stopped',
      why: 'The replica receives nothing: its data gets older, and the writer keeps WAL for it until the volume is full.',
      derivation: 'RDS reports -1 when replication is not active; an alarm on a high lag never sees it.',
      source: `https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html; ${ownRule}`,
      runbook:
        'Read the replication state and the RDS events of the replica. If the WAL that it needs is gone, create the replica again. Until then, send reads to another instance.',
      range: { min: -1, max: null },
    },
  ];
}
