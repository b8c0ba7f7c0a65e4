import type { AlarmId } from '../alarm-definition.ts';
import { type Instance, mib, type SustainedIo } from '../instance.ts';
import type { InstanceAlarm } from './instance-alarm.ts';
import { awsRecommended, ownRule, volumeTable } from './sources.ts';

/** AWS's recommended limit of read and write latency. */
const latencySeconds = 0.02;

/** Latency, queue depth, IOPS and throughput of the volume, and the balances of what bursts. */
export function storagePerformanceAlarms(instance: Instance): InstanceAlarm[] {
  return [
    latency('read-latency', 'ReadLatency', 'Reads'),
    latency('write-latency', 'WriteLatency', 'Writes'),
    ...(instance.io === undefined
      ? []
      : [queueDepth(instance.io), iops(instance.io), throughput(instance.io)]),
    ...balances(instance),
  ];
}

function latency(id: AlarmId, metric: string, subject: string): InstanceAlarm {
  return {
    id,
    metrics: [metric],
    statistic: 'p90',
    operator: 'GreaterThanThreshold',
    threshold: latencySeconds,
    unit: 'seconds',
    evaluationPeriods: 5,
    // An idle volume has no latency: no data is good, and the alarm must not stay in INSUFFICIENT_DATA.
    treatMissingData: 'notBreaching',
    title: `${subject} are slow`,
    why: 'Single-digit milliseconds are normal for EBS; every query that reads or writes the disk now waits longer.',
    derivation: `${latencySeconds * 1000} ms, the same for every class.`,
    source: awsRecommended,
    runbook:
      'Compare with iops, throughput and the EBS balances. At a limit, reduce I/O (missing index, cold cache) or raise the limit. Otherwise it may be an EBS event: see the AWS Health Dashboard.',
  };
}

function queueDepth(io: SustainedIo): InstanceAlarm {
  return {
    id: 'disk-queue-depth',
    metrics: ['DiskQueueDepth'],
    operator: 'GreaterThanThreshold',
    threshold: Math.max(10, Math.round(io.iops * latencySeconds)),
    unit: 'count',
    evaluationPeriods: 15,
    title: 'I/O queues up',
    why: 'More requests wait for the volume than it can serve in time.',
    derivation: `Little's law: ${io.iops} IOPS x ${latencySeconds} s, at least 10 (${io.iopsLimits}).`,
    source: `${ownRule}; ${volumeTable}`,
    runbook: 'As for read-latency.',
  };
}

function iops(io: SustainedIo): InstanceAlarm {
  return {
    ...nearBaseline,
    id: 'iops',
    metrics: ['ReadIOPS', 'WriteIOPS'],
    threshold: Math.round(0.9 * io.iops),
    unit: 'count/s',
    title: 'IOPS near the baseline',
    derivation: `90 % of ${io.iops} IOPS: ${io.iopsLimits}.`,
    runbook:
      'Find the statements with the most reads (pg_stat_statements, pg_stat_io). Otherwise raise the lower of the two limits: IOPS of the volume, or the class.',
    range: { min: 0, max: io.iops },
  };
}

function throughput(io: SustainedIo): InstanceAlarm {
  return {
    ...nearBaseline,
    id: 'throughput',
    metrics: ['ReadThroughput', 'WriteThroughput'],
    threshold: Math.round(0.9 * io.throughput),
    unit: 'bytes/s',
    title: 'Throughput near the baseline',
    derivation: `90 % of ${Math.round(io.throughput / mib)} MiB/s: ${io.throughputLimits}.`,
    runbook:
      'Look for large scans, backups and bulk loads. Otherwise raise the lower of the two limits: throughput of the volume, or the class.',
    range: { min: 0, max: Math.floor(io.throughput) },
  };
}

const nearBaseline = {
  operator: 'GreaterThanThreshold',
  evaluationPeriods: 15,
  why: 'Above the baseline I/O is throttled, at once or when the burst balance is gone.',
  source: `${ownRule}; ${volumeTable}`,
} as const;

/** The balances that an instance has: of a class that bursts, and of a gp2 volume that does. */
function balances({ io, volumeBurstable }: Instance): InstanceAlarm[] {
  const ofClass: InstanceAlarm[] = [
    {
      ...balanceLow,
      id: 'ebs-io-balance',
      metrics: ['EBSIOBalance%'],
      title: 'EBS I/O balance low',
      why: 'At 0 % the class is limited to its baseline IOPS, and latency jumps.',
      source: awsRecommended,
    },
    {
      ...balanceLow,
      id: 'ebs-byte-balance',
      metrics: ['EBSByteBalance%'],
      title: 'EBS byte balance low',
      why: 'At 0 % the class is limited to its baseline throughput, and latency jumps.',
      source: awsRecommended,
    },
  ];
  const ofVolume: InstanceAlarm = {
    ...balanceLow,
    id: 'burst-balance',
    metrics: ['BurstBalance'],
    title: 'gp2 burst balance low',
    why: 'At 0 % the gp2 volume is limited to its baseline IOPS, and latency jumps.',
    source: volumeTable,
  };
  return [...(io?.burstable === true ? ofClass : []), ...(volumeBurstable ? [ofVolume] : [])];
}

const balanceLow = {
  operator: 'LessThanThreshold',
  threshold: 10,
  unit: 'percent',
  evaluationPeriods: 3,
  derivation: '10 % left.',
  runbook:
    'The load has been above the baseline for too long. Reduce I/O, or raise the limit, before the balance reaches 0.',
  range: { min: 0, max: 100 },
} as const;
