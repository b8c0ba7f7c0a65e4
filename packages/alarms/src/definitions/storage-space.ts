import { gib, type Instance, type InstanceAlarm } from '../instance.ts';
import { awsRecommended, ownRule } from './sources.ts';

/** Space on the volume: free, and taken by WAL. */
export function storageSpaceAlarms(instance: Instance): InstanceAlarm[] {
  return [freeStorage(instance, 'ticket', 20), freeStorage(instance, 'page', 10), transactionLogs(instance)];
}

function freeStorage(instance: Instance, severity: 'page' | 'ticket', percent: number): InstanceAlarm {
  const threshold = Math.round((percent / 100) * instance.storageBytes);
  const page = severity === 'page';
  return {
    id: page ? 'free-storage-critical' : 'free-storage-low',
    metrics: ['FreeStorageSpace'],
    statistic: 'Minimum',
    operator: 'LessThanThreshold',
    threshold,
    unit: 'bytes',
    evaluationPeriods: 5,
    datapointsToAlarm: 5,
    treatMissingData: 'missing',
    severity,
    title: page ? 'Storage nearly full' : 'Storage fills up',
    why: 'A full volume stops the instance (state storage-full): no write, and often no connection.',
    derivation: `${percent} % of ${instance.storageGib} GiB: ${(threshold / gib).toFixed(1)} GiB.${page ? '' : " Twice AWS's 10 %, so that there is time to act in working hours."}`,
    source: awsRecommended,
    runbook:
      'First see what grows: replication-slot-lag and transaction-logs-disk-usage (drop the dead slot), temporary files, tables. Then raise allocated storage; it cannot be lowered, nor changed again for 6 hours.',
    range: { min: 0, max: instance.storageBytes },
  };
}

function transactionLogs(instance: Instance): InstanceAlarm {
  const threshold = Math.round(0.2 * instance.storageBytes);
  return {
    id: 'transaction-logs-disk-usage',
    metrics: ['TransactionLogsDiskUsage'],
    statistic: 'Maximum',
    operator: 'GreaterThanThreshold',
    threshold,
    unit: 'bytes',
    evaluationPeriods: 15,
    datapointsToAlarm: 15,
    treatMissingData: 'missing',
    severity: 'ticket',
    title: 'WAL takes much of the storage',
    why: 'WAL that is kept grows until the volume is full.',
    derivation: `20 % of ${instance.storageGib} GiB: ${(threshold / gib).toFixed(1)} GiB, for 15 minutes: a bulk load peaks for less.`,
    source: ownRule,
    runbook:
      'Find out who keeps it: pg_replication_slots (restart_lsn far behind: drop the slot or fix its reader), archiving, or max_wal_size set too high.',
    range: { min: 0, max: instance.storageBytes },
  };
}
