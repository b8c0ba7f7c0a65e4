import type { AlarmId } from '../alarm-definition.ts';
import { type Instance, type InstanceAlarm, mib, type SustainedIo } from '../instance.ts';
import { awsRecommended, ownRule, volumeTable } from './sources.ts';

/** AWS's recommended limit of read and write latency. */
const latencySeconds = 0.02;

/** Latency, queue, IOPS and throughput of the volume, and the balances of what bursts. */
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
    datapointsToAlarm: 5,
    // An idle volume has no latency: no data is good, and the alarm must not stay in INSUFFICIENT_DATA.
    treatMissingData: 'notBreaching',
    severity: 'ticket',
    title: `${subject} are slow`,
    why: 'Single-digit milliseconds are normal for EBS; every query that touches the disk waits longer now.',
    derivation: `${latencySeconds * 1000} ms, the same for every class.`,
    source: awsRecommended,
    runbook:
      'Compare with iops, throughput, and the EBS balances: at a limit, cut I/O (missing index, cold cache) or raise the limit. Not at one: an EBS event, see the AWS Health dashboard.',
    range: { min: 0, max: null },
  };
}

function queueDepth(io: SustainedIo): InstanceAlarm {
  return {
    id: 'disk-queue-depth',
    metrics: ['DiskQueueDepth'],
    statistic: 'Average',
    operator: 'GreaterThanThreshold',
    threshold: Math.max(10, Math.round(io.iops * latencySeconds)),
    unit: 'count',
    evaluationPeriods: 15,
    datapointsToAlarm: 15,
    treatMissingData: 'missing',
    severity: 'ticket',
    title: 'I/O queues up',
    why: 'More requests wait for the volume than it can serve in time.',
    derivation: `Little's law: ${io.iops} IOPS x ${latencySeconds} s, at least 10 (${io.iopsLimits}).`,
    source: `${ownRule}; ${volumeTable}`,
    runbook: 'As for read-latency.',
    range: { min: 0, max: null },
  };
}

function iops(io: SustainedIo): InstanceAlarm {
  return {
    id: 'iops',
    metrics: ['ReadIOPS', 'WriteIOPS'],
    statistic: 'Average',
    operator: 'GreaterThanThreshold',
    threshold: Math.round(0.9 * io.iops),
    unit: 'count/s',
    evaluationPeriods: 15,
    datapointsToAlarm: 15,
    treatMissingData: 'missing',
    severity: 'ticket',
    title: 'IOPS near the baseline',
    why: 'Beyond the baseline I/O is slowed down, at once or when the burst balance is gone.',
    derivation: `90 % of ${io.iops} IOPS: ${io.iopsLimits}.`,
    source: `${ownRule}; ${volumeTable}`,
    runbook:
      'Find the statements with the most reads (pg_stat_statements, pg_stat_io). Else raise the lower of the two limits: IOPS of the volume, or the class.',
    range: { min: 0, max: io.iops },
  };
}

function throughput(io: SustainedIo): InstanceAlarm {
  return {
    id: 'throughput',
    metrics: ['ReadThroughput', 'WriteThroughput'],
    statistic: 'Average',
    operator: 'GreaterThanThreshold',
    threshold: Math.round(0.9 * io.throughput),
    unit: 'bytes/s',
    evaluationPeriods: 15,
    datapointsToAlarm: 15,
    treatMissingData: 'missing',
    severity: 'ticket',
    title: 'Throughput near the baseline',
    why: 'Beyond the baseline I/O is slowed down, at once or when the burst balance is gone.',
    derivation: `90 % of ${Math.round(io.throughput / mib)} MiB/s: ${io.throughputLimits}.`,
    source: `${ownRule}; ${volumeTable}`,
    runbook:
      'Look for large scans, backups and bulk loads. Else raise the lower of the two limits: throughput of the volume, or the class.',
    range: { min: 0, max: Math.floor(io.throughput) },
  };
}

function balances(instance: Instance): InstanceAlarm[] {
  const balance = (
    id: AlarmId,
    metric: string,
    title: string,
    what: string,
    source: string,
  ): InstanceAlarm => ({
    id,
    metrics: [metric],
    statistic: 'Average',
    operator: 'LessThanThreshold',
    threshold: 10,
    unit: 'percent',
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    treatMissingData: 'missing',
    severity: 'ticket',
    title,
    why: `At 0 % ${what} falls to its baseline, and latency jumps.`,
    derivation: '10 % left.',
    source,
    runbook:
      'The load is above the baseline for longer than it may be. Cut I/O, or raise the limit, before it reaches 0.',
    range: { min: 0, max: 100 },
  });
  return [
    ...(instance.io?.burstable === true
      ? [
          balance(
            'ebs-io-balance',
            'EBSIOBalance%',
            'EBS I/O balance low',
            'the IOPS of the class',
            awsRecommended,
          ),
          balance(
            'ebs-byte-balance',
            'EBSByteBalance%',
            'EBS byte balance low',
            'the throughput of the class',
            awsRecommended,
          ),
        ]
      : []),
    ...(instance.volumeBurstable
      ? [
          balance(
            'burst-balance',
            'BurstBalance',
            'gp2 burst balance low',
            'the IOPS of the gp2 volume',
            volumeTable,
          ),
        ]
      : []),
  ];
}
