import { gib, type Instance, type InstanceAlarm } from '../instance.ts';
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
      statistic: 'Average',
      operator: 'GreaterThanThreshold',
      threshold: Math.floor(0.9 * instance.maxConnections),
      unit: 'count',
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      treatMissingData: 'missing',
      severity: 'page',
      title: 'Connections nearly used up',
      why: 'At max_connections the database refuses every new connection.',
      derivation: `90 % of max_connections = ${instance.maxConnections}, rounded down.`,
      source: awsRecommended,
      runbook:
        "Group pg_stat_activity by application_name and state. Many 'idle': a pool too large, or a leak; many 'idle in transaction': end them with pg_terminate_backend(). Then pool (RDS Proxy), or raise max_connections if memory allows.",
      range: { min: 0, max: instance.maxConnections },
    },
  ];
}

/** What only a writer has: transaction ids, slots, checkpoints, deadlocks. */
export function writerAlarms(instance: Instance): InstanceAlarm[] {
  return [
    transactionIds(
      'transaction-ids',
      1_000_000_000,
      "AWS's limit: half of the ids; autovacuum should freeze from 0.2 billion on.",
      awsRecommended,
    ),
    transactionIds(
      'transaction-ids-critical',
      1_600_000_000,
      `vacuum_failsafe_age: autovacuum drops everything else from here on. PostgreSQL stops at ${lastTransactionIdAge}.`,
      'https://www.postgresql.org/docs/18/routine-vacuuming.html',
    ),
    slotLag(instance),
    checkpointLag(),
    ...(instance.logExports ? [deadlocks()] : []),
  ];
}

function transactionIds(
  id: 'transaction-ids' | 'transaction-ids-critical',
  threshold: number,
  derivation: string,
  source: string,
): InstanceAlarm {
  return {
    id,
    metrics: ['MaximumUsedTransactionIDs'],
    statistic: 'Maximum',
    operator: 'GreaterThanThreshold',
    threshold,
    unit: 'count',
    // It moves by thousands a second at most: one reading is as good as five.
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'missing',
    severity: id === 'transaction-ids' ? 'ticket' : 'page',
    title: id === 'transaction-ids' ? 'Transaction ids are not frozen' : 'Transaction id wraparound is near',
    why: 'When the ids run out PostgreSQL accepts no more writes until a VACUUM has frozen the oldest rows.',
    derivation,
    source,
    runbook:
      'Find what holds the oldest id: pg_prepared_xacts, old transactions in pg_stat_activity, slots with an old xmin. End it, then VACUUM (FREEZE) the tables with the greatest age(relfrozenxid).',
    range: { min: 0, max: lastTransactionIdAge },
  };
}

function slotLag(instance: Instance): InstanceAlarm {
  const threshold = Math.round(0.1 * instance.storageBytes);
  return {
    id: 'replication-slot-lag',
    metrics: ['OldestReplicationSlotLag'],
    statistic: 'Maximum',
    operator: 'GreaterThanThreshold',
    threshold,
    unit: 'bytes',
    evaluationPeriods: 15,
    datapointsToAlarm: 15,
    treatMissingData: 'missing',
    severity: 'ticket',
    title: 'A replication slot falls behind',
    why: 'The writer keeps all WAL that a slot has not read: a dead reader fills the volume.',
    derivation: `10 % of ${instance.storageGib} GiB: ${(threshold / gib).toFixed(1)} GiB, half of what transaction-logs-disk-usage allows.`,
    source: ownRule,
    runbook:
      'pg_replication_slots: fix the reader of the slot with the oldest restart_lsn, or drop the slot (pg_drop_replication_slot) and set the reader up anew.',
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
    datapointsToAlarm: 5,
    treatMissingData: 'missing',
    severity: 'ticket',
    title: 'Checkpoints do not end',
    why: 'After a crash PostgreSQL replays all WAL since the last checkpoint: recovery takes that much longer.',
    derivation: 'Three times checkpoint_timeout, 300 s by default.',
    source: `${ownRule}; https://www.postgresql.org/docs/18/wal-configuration.html`,
    runbook:
      'See write-latency, iops and the EBS balances: the volume is too slow for the writes. Raise its limits, or spread the load.',
    range: { min: 0, max: null },
  };
}

/** RDS for PostgreSQL has no metric of deadlocks: a metric filter counts their lines in the log. */
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
    datapointsToAlarm: 3,
    treatMissingData: 'notBreaching',
    severity: 'ticket',
    title: 'Deadlocks keep happening',
    why: 'Two transactions that lock the same rows in different order: PostgreSQL cancels one of them.',
    derivation:
      'At least one in each of three periods of 5 minutes: a single one is retried, a series is a defect.',
    source: ownRule,
    runbook:
      'The log names both statements and the rows. Lock in one order (ORDER BY ... FOR UPDATE), and retry on SQLSTATE 40P01.',
    range: { min: 0, max: null },
  };
}
