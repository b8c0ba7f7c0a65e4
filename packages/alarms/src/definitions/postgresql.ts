import { type Instance, shareOfStorage } from '../instance.ts';
import type { InstanceAlarm } from './instance-alarm.ts';
import { awsRecommended, ownRule } from './sources.ts';

/**
 * The greatest age that a transaction id can reach: 3 million before wraparound (2^31 - 1) PostgreSQL 14 and later
 * assigns no more (`xidStopLimit` in varsup.c). An alarm above it cannot fire.
 */
const lastTransactionIdAge = 2 ** 31 - 1 - 3_000_000;

/** Connections, which every instance has. */
export function connectionAlarms(instance: Instance): InstanceAlarm[] {
  return [
    {
      id: 'database-connections',
      metrics: ['DatabaseConnections'],
      operator: 'GreaterThanThreshold',
      threshold: Math.floor(0.9 * instance.maxConnections),
      unit: 'count',
      evaluationPeriods: 5,
      severity: 'page',
      title: 'Connections nearly exhausted',
      why: 'At max_connections the database refuses every new connection.',
      derivation: `90 % of max_connections = ${instance.maxConnections}, rounded down.`,
      source: awsRecommended,
      runbook:
        "Group pg_stat_activity by application_name and state. Many 'idle': a pool that is too large, or a leak; many 'idle in transaction': end them with pg_terminate_backend(). Then use a pool (RDS Proxy), or raise max_connections if memory allows.",
      range: { min: 0, max: instance.maxConnections },
    },
  ];
}

/** What only a writer has: transaction ids, slots, checkpoints, deadlocks. */
export function writerAlarms(instance: Instance): InstanceAlarm[] {
  return [
    {
      ...oldestTransactionId,
      id: 'transaction-ids',
      threshold: 1_000_000_000,
      title: 'Transaction ids are not being frozen',
      derivation: "AWS's threshold: half of the ids. Autovacuum should freeze from an age of 0.2 billion on.",
      source: awsRecommended,
    },
    {
      ...oldestTransactionId,
      id: 'transaction-ids-critical',
      threshold: 1_600_000_000,
      severity: 'page',
      title: 'Transaction id wraparound is near',
      derivation: `vacuum_failsafe_age, from which VACUUM skips all else to freeze sooner. PostgreSQL stops at ${lastTransactionIdAge}.`,
      source: 'https://www.postgresql.org/docs/18/routine-vacuuming.html',
    },
    slotLag(instance),
    checkpointLag(),
    ...(instance.logExports ? [deadlocks()] : []),
    ...(instance.logExports && instance.worker ? [workerSilent()] : []),
  ];
}

const oldestTransactionId = {
  metrics: ['MaximumUsedTransactionIDs'],
  statistic: 'Maximum',
  operator: 'GreaterThanThreshold',
  unit: 'count',
  // It moves by thousands a second at most: one reading is as good as five.
  evaluationPeriods: 1,
  why: 'When the ids run out PostgreSQL accepts no more writes until a VACUUM has frozen the oldest rows.',
  runbook:
    'Find what holds the oldest id: pg_prepared_xacts, old transactions in pg_stat_activity, slots with an old xmin. End it, then VACUUM (FREEZE) the tables with the highest age(relfrozenxid).',
  range: { min: 0, max: lastTransactionIdAge },
} as const;

function slotLag(instance: Instance): InstanceAlarm {
  const { bytes, text } = shareOfStorage(instance, 10);
  return {
    id: 'replication-slot-lag',
    metrics: ['OldestReplicationSlotLag'],
    statistic: 'Maximum',
    operator: 'GreaterThanThreshold',
    threshold: bytes,
    unit: 'bytes',
    evaluationPeriods: 15,
    title: 'A replication slot falls behind',
    why: 'The writer keeps all WAL that a slot has not consumed: a dead consumer fills the volume.',
    derivation: `${text}, half of what transaction-logs-disk-usage allows.`,
    source: ownRule,
    runbook:
      'Find the slot with the oldest restart_lsn in pg_replication_slots. Fix its consumer, or drop the slot (pg_drop_replication_slot) and set the consumer up again.',
    range: { min: -1, max: instance.storageBytes },
  };
}

function checkpointLag(): InstanceAlarm {
  return {
    id: 'checkpoint-lag',
    metrics: ['CheckpointLag'],
    statistic: 'Maximum',
    operator: 'GreaterThanThreshold',
    threshold: 900,
    unit: 'seconds',
    evaluationPeriods: 5,
    title: 'Checkpoints do not complete',
    why: 'After a crash PostgreSQL replays all WAL since the last checkpoint: recovery takes that much longer.',
    derivation: 'Three times checkpoint_timeout, 300 s by default.',
    source: `${ownRule}; https://www.postgresql.org/docs/18/wal-configuration.html`,
    runbook:
      'See write-latency, iops and the EBS balances: the volume is too slow for the writes. Raise its limits, or spread the load.',
  };
}

/** RDS for PostgreSQL has no metric for deadlocks: a metric filter counts their lines in the log. */
function deadlocks(): InstanceAlarm {
  return {
    id: 'deadlocks',
    namespace: 'PostgreSQL',
    metrics: ['Deadlocks'],
    logPattern: '"deadlock detected"',
    statistic: 'Sum',
    periodSeconds: 300,
    operator: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    unit: 'count',
    evaluationPeriods: 3,
    treatMissingData: 'notBreaching',
    title: 'Deadlocks keep happening',
    why: 'Transactions lock the same rows in different orders, and PostgreSQL cancels one of them.',
    derivation:
      'At least one in each of three periods of 5 minutes: a single one is retried, a series is a defect.',
    source: ownRule,
    runbook:
      'The log names both statements and the rows. Lock rows in one order (ORDER BY ... FOR UPDATE), and retry on SQLSTATE 40P01.',
  };
}

/** What runs beside the database has no metric of RDS: a metric filter counts what it writes into the log. */
function workerSilent(): InstanceAlarm {
  return {
    id: 'worker-silent',
    namespace: 'PostgreSQL',
    metrics: ['WorkerReports'],
    logPattern: '"worker: up to date"',
    statistic: 'Sum',
    periodSeconds: 300,
    operator: 'LessThanThreshold',
    threshold: 1,
    unit: 'count',
    evaluationPeriods: 3,
    treatMissingData: 'breaching',
    title: 'No worker is up to date',
    why: 'Nobody publishes events, releases expired holds or settles payments, or one of these tasks fails each time.',
    derivation:
      'A worker reports each minute: none of 15 reports came. A failover or a takeover costs one or two of them.',
    source: ownRule,
    runbook:
      "Ask each worker's /healthz: a role of 'leader', no 'failing' tasks. Where none leads, start one; the error of a task that fails is in the table maintenance_run.",
  };
}
