import type { AlarmDefinition } from '../alarm-definition.ts';
import type { Reading } from './read-signals.ts';

type Measure = (
  reading: Reading,
  definition: AlarmDefinition,
  previous: Reading | undefined,
) => number | null;

/** What PostgreSQL itself knows of CloudWatch's metrics, by their names. */
const measures: Readonly<Record<string, Measure>> = {
  DatabaseConnections: (reading) => reading.connections,
  DBLoad: (reading) => reading.activeSessions,
  // The metric's maximum is the allocated storage.
  FreeStorageSpace: (reading, { range }) => (range.max === null ? null : range.max - reading.usedStorage),
  TransactionLogsDiskUsage: (reading) => reading.wal,
  MaximumUsedTransactionIDs: (reading) => reading.transactionIdAge,
  OldestReplicationSlotLag: (reading) => reading.slotLag,
  CheckpointLag: (reading) => reading.checkpointLag,
  ReplicaLag: (reading) => reading.replicaLag,
  // It reports while it leads.
  WorkerReports: (reading) => reading.leadingWorkers,
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

/** How an alarm's metric follows from a reading, or why it does not. */
export function localMeasure(definition: AlarmDefinition): Measure | string {
  // It counts reports: here each answer is one.
  if (definition.statistic === 'SampleCount') return () => 1;
  const metric = definition.metrics[0] ?? '';
  return measures[metric] ?? reasons[metric] ?? `${metric} has no SQL counterpart`;
}
