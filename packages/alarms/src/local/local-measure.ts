import type { AlarmDefinition } from '../alarm-definition.ts';
import type { Reading } from './read-signals.ts';

type Measure = (
  reading: Reading,
  definition: AlarmDefinition,
  previous: Reading | undefined,
) => number | null;

/** CloudWatch metrics by what PostgreSQL itself knows. */
const measures: Readonly<Record<string, Measure>> = {
  DatabaseConnections: (reading) => reading.connections,
  DBLoad: (reading) => reading.activeSessions,
  // The greatest value of the metric is the storage that is allocated.
  FreeStorageSpace: (reading, { range }) => (range.max === null ? null : range.max - reading.usedStorage),
  TransactionLogsDiskUsage: (reading) => reading.wal,
  MaximumUsedTransactionIDs: (reading) => reading.transactionIdAge,
  OldestReplicationSlotLag: (reading) => reading.slotLag,
  CheckpointLag: (reading) => reading.checkpointLag,
  ReplicaLag: (reading) => reading.replicaLag,
  Deadlocks: (reading, _definition, previous) => (previous ? reading.deadlocks - previous.deadlocks : null),
};

const host = "PostgreSQL does not know its host's CPU and memory";
const credits = 'only AWS has CPU credits';
const volume = "an EBS volume's performance is not this disk's";

const reasons: Readonly<Record<string, string>> = {
  CPUUtilization: host,
  FreeableMemory: host,
  SwapUsage: host,
  CPUCreditBalance: credits,
  CPUSurplusCreditsCharged: credits,
  'EBSIOBalance%': volume,
  'EBSByteBalance%': volume,
  BurstBalance: volume,
  DiskQueueDepth: volume,
  ReadLatency: volume,
  WriteLatency: volume,
  ReadIOPS: volume,
  ReadThroughput: volume,
};

/** How an alarm's metric is read from a server, or why it cannot be. */
export function localMeasure(definition: AlarmDefinition): Measure | string {
  // A count of reports, not a value: here each answer is one.
  if (definition.statistic === 'SampleCount') return () => 1;
  const metric = definition.metrics[0] ?? '';
  return measures[metric] ?? reasons[metric] ?? `${metric} has no SQL counterpart`;
}
