import { type Instance, shareOfStorage } from '../instance.ts';
import type { InstanceAlarm } from './instance-alarm.ts';
import { awsRecommended, ownRule } from './sources.ts';

/** Space on the volume: free, and taken by WAL. */
export function storageSpaceAlarms(instance: Instance): InstanceAlarm[] {
  const low = shareOfStorage(instance, 20);
  const critical = shareOfStorage(instance, 10);
  return [
    {
      ...freeStorage(instance),
      id: 'free-storage-low',
      threshold: low.bytes,
      title: 'Storage is filling up',
      derivation: `${low.text}. Twice AWS's 10 %, so that there is time to act in working hours.`,
    },
    {
      ...freeStorage(instance),
      id: 'free-storage-critical',
      threshold: critical.bytes,
      severity: 'page',
      title: 'Storage nearly full',
      derivation: `${critical.text}.`,
    },
    transactionLogs(instance),
  ];
}

function freeStorage(instance: Instance) {
  return {
    metrics: ['FreeStorageSpace'],
    statistic: 'Minimum',
    operator: 'LessThanThreshold',
    unit: 'bytes',
    evaluationPeriods: 5,
    why: 'A full volume stops the instance (state storage-full): no writes, and often no connections.',
    source: awsRecommended,
    runbook:
      'First find out what grows: replication-slot-lag and transaction-logs-disk-usage (drop the dead slot), temporary files, tables. Then raise allocated storage; it cannot be lowered, nor changed again for 6 hours.',
    range: { min: 0, max: instance.storageBytes },
  } as const;
}

function transactionLogs(instance: Instance): InstanceAlarm {
  const { bytes, text } = shareOfStorage(instance, 20);
  return {
    id: 'transaction-logs-disk-usage',
    metrics: ['TransactionLogsDiskUsage'],
    statistic: 'Maximum',
    operator: 'GreaterThanThreshold',
    threshold: bytes,
    unit: 'bytes',
    evaluationPeriods: 15,
    title: 'WAL takes much of the storage',
    why: 'WAL that is not removed grows until the volume is full.',
    derivation: `${text}, for 15 minutes: a bulk load peaks for less.`,
    source: ownRule,
    runbook:
      'Find out what keeps it: pg_replication_slots (restart_lsn far behind: drop the slot or fix its consumer), archiving, or max_wal_size set too high.',
    range: { min: 0, max: instance.storageBytes },
  };
}
