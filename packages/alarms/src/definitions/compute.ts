import { gib, mib, type Instance } from '../instance.ts';
import type { InstanceAlarm } from './instance-alarm.ts';
import { awsRecommended, ownRule } from './sources.ts';

/** Availability, CPU, load and memory. */
export function computeAlarms(instance: Instance): InstanceAlarm[] {
  return [
    notReporting(instance),
    cpu(instance),
    ...load(instance),
    ...credits(instance),
    ...memory(instance),
  ];
}

/**
 * The one alarm on silence: CloudWatch counts a value a minute of a metric that every instance publishes. The others
 * treat missing data as missing, so that an outage is one page and not ten.
 */
function notReporting(instance: Instance): InstanceAlarm {
  return {
    id: 'instance-not-reporting',
    metrics: ['CPUUtilization'],
    statistic: 'SampleCount',
    operator: 'LessThanThreshold',
    threshold: 1,
    unit: 'count',
    evaluationPeriods: 3,
    treatMissingData: 'breaching',
    severity: 'page',
    title: 'Instance does not report',
    why: 'A running instance publishes its CPU utilization every minute. One that does not is down, or cannot be monitored.',
    derivation:
      'No value for 3 minutes, nor for the 2 before them, which CloudWatch also looks at. A Multi-AZ failover takes 1 to 2.',
    source: `${ownRule}; failover time: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html`,
    runbook: instance.multiAz
      ? 'Read the RDS events of the instance. A failover completes by itself within 2 minutes; if it does not, reboot with failover. If the storage or the key is gone, restore to a point in time.'
      : 'Read the RDS events of the instance. There is no standby: reboot it; if that fails, restore to a point in time, or promote a read replica.',
    range: { min: 1, max: 60 },
  };
}

function cpu(instance: Instance): InstanceAlarm {
  const { vcpus, name } = instance.class;
  const capacity = vcpus === undefined ? 'whatever capacity the instance has' : `${vcpus} vCPUs (${name})`;
  return {
    id: 'cpu-utilization',
    metrics: ['CPUUtilization'],
    operator: 'GreaterThanThreshold',
    threshold: 90,
    unit: 'percent',
    evaluationPeriods: 15,
    title: 'CPU nearly exhausted',
    why: 'Above 90 % queries wait for CPU, and nothing is left for a peak or for autovacuum.',
    derivation: `90 % of ${capacity}, for 15 minutes rather than AWS's 5: a nightly job is not a fault.`,
    source: awsRecommended,
    runbook:
      'Find the statements that use the most CPU in Database Insights or pg_stat_statements. Add the missing index or stop the job; otherwise move to a larger class.',
    range: { min: 0, max: 100 },
  };
}

function load(instance: Instance): InstanceAlarm[] {
  const { vcpus, name } = instance.class;
  if (vcpus === undefined) return [];
  return [
    {
      id: 'db-load',
      metrics: ['DBLoad'],
      operator: 'GreaterThanThreshold',
      threshold: vcpus,
      unit: 'count',
      evaluationPeriods: 15,
      // Published only under load: no data is an idle database, not a lost one.
      treatMissingData: 'notBreaching',
      title: 'More active sessions than vCPUs',
      why: 'Sessions beyond the number of vCPUs wait for CPU, a lock or the disk.',
      derivation: `The vCPUs of ${name}: ${vcpus}.`,
      source: awsRecommended,
      runbook:
        'See what the sessions wait for: wait_event_type in pg_stat_activity. Lock: find the blocker with pg_blocking_pids(). IO: see the iops and latency alarms. None: CPU.',
      range: { min: 0, max: instance.maxConnections },
    },
  ];
}

function credits(instance: Instance): InstanceAlarm[] {
  const { cpuCredits, name } = instance.class;
  if (cpuCredits === undefined) return [];
  const { maxBalance, perHour, baselinePercent } = cpuCredits;
  const creditsSource =
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html; RDS publishes credits every 5 minutes';
  return [
    {
      id: 'cpu-credit-balance',
      metrics: ['CPUCreditBalance'],
      periodSeconds: 300,
      operator: 'LessThanThreshold',
      threshold: maxBalance / 10,
      unit: 'vCPU-minutes',
      evaluationPeriods: 36,
      title: 'CPU credits nearly exhausted',
      why: `Without credits ${name} runs on surplus credits, which cost extra: the class is too small for the work.`,
      derivation: `10 % of the maximum balance of ${maxBalance}, for 3 hours: a new instance starts at 0 and earns ${perHour} an hour.`,
      source: creditsSource,
      runbook: `The average CPU utilization is above the baseline of ${baselinePercent} % per vCPU. Reduce the load, or move to a class without credits.`,
      range: { min: 0, max: maxBalance },
    },
    {
      id: 'cpu-surplus-credits-charged',
      metrics: ['CPUSurplusCreditsCharged'],
      statistic: 'Maximum',
      periodSeconds: 300,
      operator: 'GreaterThanThreshold',
      threshold: 0,
      unit: 'vCPU-minutes',
      evaluationPeriods: 3,
      title: 'Surplus CPU credits are charged',
      why: 'RDS runs t classes in unlimited mode: once the credits are gone, CPU above the baseline is billed per vCPU-hour.',
      derivation: 'Any charge in each of 3 periods of 5 minutes.',
      source: creditsSource,
      runbook:
        'As for cpu-credit-balance: reduce the load, or move to a class without credits, which may be cheaper by now.',
    },
  ];
}

function memory(instance: Instance): InstanceAlarm[] {
  const { memoryGib, name } = instance.class;
  if (memoryGib === undefined) return [];
  const memoryBytes = memoryGib * gib;
  // PostgreSQL and RDS leave little of 1 or 2 GiB free in normal operation: an alarm at 10 % would never clear.
  const freePercent = memoryGib <= 2 ? 5 : 10;
  const swapBytes = Math.max(256 * mib, 0.05 * memoryBytes);
  return [
    {
      id: 'freeable-memory',
      metrics: ['FreeableMemory'],
      operator: 'LessThanThreshold',
      threshold: Math.round((freePercent / 100) * memoryBytes),
      unit: 'bytes',
      evaluationPeriods: 15,
      title: 'Memory nearly exhausted',
      why: 'When memory runs out the kernel kills a backend, and PostgreSQL ends all connections to recover.',
      derivation: `${freePercent} % of the ${memoryGib} GiB of ${name}. AWS's 25 % fires in normal operation, when shared_buffers and the page cache hold most of the memory.`,
      source: `${awsRecommended}; the percentage is our own`,
      runbook:
        'Count connections and their work_mem: connections x work_mem must fit beside shared_buffers. Lower either, pool connections, or move to a larger class.',
      range: { min: 0, max: memoryBytes },
    },
    {
      id: 'swap-usage',
      metrics: ['SwapUsage'],
      operator: 'GreaterThanThreshold',
      threshold: Math.round(swapBytes),
      unit: 'bytes',
      evaluationPeriods: 15,
      title: 'Instance is swapping',
      why: 'Swapping slows queries down, and is followed by running out of memory.',
      derivation: `5 % of the ${memoryGib} GiB of ${name}, at least 256 MiB: ${(swapBytes / gib).toFixed(2)} GiB. The kernel always keeps a little in swap.`,
      source: ownRule,
      runbook: 'As for freeable-memory. Swap usage that stays constant while memory is free is harmless.',
    },
  ];
}
