import type { InstanceAlarm } from '../instance.ts';
import { awsRecommended, ownRule } from './sources.ts';

/** What only a replica has: its lag, and the value -1 by which RDS says that replication is not active. */
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
      datapointsToAlarm: 10,
      treatMissingData: 'missing',
      severity: 'ticket',
      title: 'Replica falls behind',
      why: 'Whoever reads here sees the data as it was a minute ago or earlier.',
      derivation: '60 s, the same for every class.',
      source: awsRecommended,
      runbook:
        'Long queries on the replica stop replay (max_standby_streaming_delay): end them. Else the replica is too small for the writes: compare its class and its iops alarm with the writer.',
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
      datapointsToAlarm: 5,
      treatMissingData: 'missing',
      severity: 'page',
      title: 'Replication has stopped',
      why: 'The replica receives nothing: its data gets older, and the writer keeps WAL for it until the volume is full.',
      derivation:
        '-1 is the value for replication that is not active; an alarm on a great lag alone never sees it.',
      source: `https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html; ${ownRule}`,
      runbook:
        'Read the replication state and the RDS events of the replica. WAL that it needs may be gone: then create it anew. Send reads to another instance until then.',
      range: { min: -1, max: null },
    },
  ];
}
