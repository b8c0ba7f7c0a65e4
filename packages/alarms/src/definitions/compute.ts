import { gib, mib, type Instance, type InstanceAlarm } from '../instance.ts';
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
    datapointsToAlarm: 3,
    treatMissingData: 'breaching',
    severity: 'page',
    title: 'Instance does not report',
    why: 'A running instance publishes its CPU every minute. One that does not is down, or nobody can see what it does.',
    derivation:
      'No value in 3 minutes, and none in the 2 before that CloudWatch also looks at; a Multi-AZ failover takes 1 to 2.',
    source: `${ownRule}; failover time: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html`,
    runbook: instance.multiAz
      ? 'Read the RDS events of the instance. A failover ends by itself in 2 minutes: when it has not, reboot with failover. If storage or key is gone, restore to a point in time.'
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
    statistic: 'Average',
    operator: 'GreaterThanThreshold',
    threshold: 90,
    unit: 'percent',
    evaluationPeriods: 15,
    datapointsToAlarm: 15,
    treatMissingData: 'missing',
    severity: 'ticket',
    title: 'CPU nearly used up',
    why: 'Above 90 % queries wait for a CPU, and there is nothing left for a peak or for autovacuum.',
    derivation: `90 % of ${capacity}. 15 minutes instead of AWS's 5: a nightly job is no fault.`,
    source: awsRecommended,
    runbook:
      'Find the statements with the most CPU in Database Insights or pg_stat_statements. Add the missing index or stop the job; else take the next class.',
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
      statistic: 'Average',
      operator: 'GreaterThanThreshold',
      threshold: vcpus,
      unit: 'count',
      evaluationPeriods: 15,
      datapointsToAlarm: 15,
      // Published only under load: no data is an idle database, not a lost one.
      treatMissingData: 'notBreaching',
      severity: 'ticket',
      title: 'More active sessions than vCPUs',
      why: 'Sessions beyond the vCPUs wait: for a CPU, a lock or the disk.',
      derivation: `The vCPUs of ${name}: ${vcpus}.`,
      source: awsRecommended,
      runbook:
        'See what they wait for: wait_event_type in pg_stat_activity. Lock: find the blocker with pg_blocking_pids(). IO: see the iops and latency alarms. None: CPU.',
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
      statistic: 'Average',
      periodSeconds: 300,
      operator: 'LessThanThreshold',
      threshold: maxBalance / 10,
      unit: 'vCPU-minutes',
      evaluationPeriods: 36,
      datapointsToAlarm: 36,
      treatMissingData: 'missing',
      severity: 'ticket',
      title: 'CPU credits nearly used up',
      why: `Without credits ${name} runs on surplus credits, which cost extra: the work is too much for the class.`,
      derivation: `10 % of the greatest balance, ${maxBalance}. 3 hours: a new instance starts at 0 and earns ${perHour} an hour.`,
      source: creditsSource,
      runbook: `Average CPU is above the baseline of ${baselinePercent} % a vCPU. Cut the load, or take a class without credits.`,
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
      datapointsToAlarm: 3,
      treatMissingData: 'missing',
      severity: 'ticket',
      title: 'Surplus CPU credits are charged',
      why: 'RDS runs t classes in unlimited mode: CPU above the baseline is billed a vCPU-hour once the credits are gone.',
      derivation: 'Any charge, in 3 reports of 5 minutes.',
      source: creditsSource,
      runbook:
        'As for cpu-credit-balance: cut the load, or take a class without credits, which may be cheaper by now.',
      range: { min: 0, max: null },
    },
  ];
}

function memory(instance: Instance): InstanceAlarm[] {
  const { memoryGib, name } = instance.class;
  if (memoryGib === undefined) return [];
  const memoryBytes = memoryGib * gib;
  // PostgreSQL and RDS leave little of 1 or 2 GiB free in normal work: 10 % there is an alarm that never clears.
  const freePercent = memoryGib <= 2 ? 5 : 10;
  const swapBytes = Math.max(256 * mib, 0.05 * memoryBytes);
  return [
    {
      id: 'freeable-memory',
      metrics: ['FreeableMemory'],
      statistic: 'Average',
      operator: 'LessThanThreshold',
      threshold: Math.round((freePercent / 100) * memoryBytes),
      unit: 'bytes',
      evaluationPeriods: 15,
      datapointsToAlarm: 15,
      treatMissingData: 'missing',
      severity: 'ticket',
      title: 'Memory nearly used up',
      why: 'When memory runs out the kernel kills a backend, and PostgreSQL restarts all connections.',
      derivation: `${freePercent} % of the ${memoryGib} GiB of ${name}. AWS's 25 % fires in normal work, where shared_buffers and the page cache hold most of the memory.`,
      source: `${awsRecommended}; own share`,
      runbook:
        'Count connections and their work_mem: connections x work_mem must fit beside shared_buffers. Lower either, pool connections, or take the next class.',
      range: { min: 0, max: memoryBytes },
    },
    {
      id: 'swap-usage',
      metrics: ['SwapUsage'],
      statistic: 'Average',
      operator: 'GreaterThanThreshold',
      threshold: Math.round(swapBytes),
      unit: 'bytes',
      evaluationPeriods: 15,
      datapointsToAlarm: 15,
      treatMissingData: 'missing',
      severity: 'ticket',
      title: 'Instance swaps',
      why: 'Swapped memory makes every query slower, and comes before memory runs out.',
      derivation: `5 % of the ${memoryGib} GiB of ${name}, at least 256 MiB: ${(swapBytes / gib).toFixed(2)} GiB. The kernel keeps a little swapped at all times.`,
      source: ownRule,
      runbook:
        'As for freeable-memory. Swap that is used but neither grows nor shrinks, with memory free, is harmless.',
      range: { min: 0, max: null },
    },
  ];
}
