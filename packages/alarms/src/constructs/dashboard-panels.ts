import type { AlarmDefinition, Statistic } from '../alarm-definition.ts';

/** One graph of a database dashboard. */
export interface Panel {
  readonly title: string;
  readonly metrics: readonly string[];
  readonly statistic: Statistic;
  /** Label of the axis. */
  readonly unit: string;
}

const everyInstance: readonly Panel[] = [
  { title: 'CPU', metrics: ['CPUUtilization'], statistic: 'Average', unit: '%' },
  { title: 'Active sessions', metrics: ['DBLoad'], statistic: 'Average', unit: 'sessions' },
  { title: 'Connections', metrics: ['DatabaseConnections'], statistic: 'Average', unit: 'connections' },
  { title: 'Freeable memory', metrics: ['FreeableMemory'], statistic: 'Average', unit: 'bytes' },
  { title: 'Swap', metrics: ['SwapUsage'], statistic: 'Average', unit: 'bytes' },
  { title: 'Free storage', metrics: ['FreeStorageSpace'], statistic: 'Minimum', unit: 'bytes' },
  { title: 'IOPS', metrics: ['ReadIOPS', 'WriteIOPS'], statistic: 'Average', unit: 'I/O a second' },
  {
    title: 'Throughput',
    metrics: ['ReadThroughput', 'WriteThroughput'],
    statistic: 'Average',
    unit: 'bytes a second',
  },
  { title: 'Read latency', metrics: ['ReadLatency'], statistic: 'p90', unit: 'seconds' },
  { title: 'Write latency', metrics: ['WriteLatency'], statistic: 'p90', unit: 'seconds' },
  { title: 'Disk queue', metrics: ['DiskQueueDepth'], statistic: 'Average', unit: 'requests' },
  { title: 'WAL on disk', metrics: ['TransactionLogsDiskUsage'], statistic: 'Maximum', unit: 'bytes' },
];

const byRole: Record<AlarmDefinition['role'], readonly Panel[]> = {
  writer: [
    {
      title: 'Oldest transaction id',
      metrics: ['MaximumUsedTransactionIDs'],
      statistic: 'Maximum',
      unit: 'transactions',
    },
    {
      title: 'Replication slot lag',
      metrics: ['OldestReplicationSlotLag'],
      statistic: 'Maximum',
      unit: 'bytes',
    },
    { title: 'Checkpoint lag', metrics: ['CheckpointLag'], statistic: 'Maximum', unit: 'seconds' },
  ],
  replica: [{ title: 'Replica lag', metrics: ['ReplicaLag'], statistic: 'Maximum', unit: 'seconds' }],
};

/** Shown where the instance has the metric: where a definition watches it. */
const whereDefined: readonly Panel[] = [
  { title: 'CPU credits', metrics: ['CPUCreditBalance'], statistic: 'Average', unit: 'vCPU-minutes' },
  {
    title: 'Surplus credits charged',
    metrics: ['CPUSurplusCreditsCharged'],
    statistic: 'Maximum',
    unit: 'vCPU-minutes',
  },
  { title: 'EBS I/O balance', metrics: ['EBSIOBalance%'], statistic: 'Average', unit: '%' },
  { title: 'EBS byte balance', metrics: ['EBSByteBalance%'], statistic: 'Average', unit: '%' },
  { title: 'gp2 burst balance', metrics: ['BurstBalance'], statistic: 'Average', unit: '%' },
  { title: 'Deadlocks', metrics: ['Deadlocks'], statistic: 'Sum', unit: 'deadlocks' },
  { title: 'Reports of the worker', metrics: ['WorkerReports'], statistic: 'Sum', unit: 'reports' },
];

/** The graphs of an instance with these definitions. */
export function panelsOf(definitions: readonly AlarmDefinition[]): Panel[] {
  const titled = [
    ...everyInstance,
    ...byRole[definitions[0]?.role ?? 'writer'],
    ...whereDefined.filter((panel) => definitionsOf(panel, definitions).length > 0),
  ];
  const shown = new Set(titled.flatMap((panel) => definitionsOf(panel, definitions)));
  const others = definitions.filter((definition) => drawn(definition) && !shown.has(definition));
  return [
    ...titled,
    ...new Map(others.map((definition) => [metricsOf(definition), panelOf(definition)])).values(),
  ];
}

/** The graph of a definition that no panel above shows, named by its metric. */
function panelOf(definition: AlarmDefinition): Panel {
  const { metrics, statistic, unit } = definition;
  return { title: metrics.join(' + '), metrics, statistic, unit };
}

/** A count of samples has no place on the axis of the values. */
function drawn({ statistic }: AlarmDefinition): boolean {
  return statistic !== 'SampleCount';
}

function metricsOf({ metrics }: Pick<Panel, 'metrics'>): string {
  return metrics.join();
}

/** The definitions whose thresholds a panel draws: those of the same metrics. */
export function definitionsOf(panel: Panel, definitions: readonly AlarmDefinition[]): AlarmDefinition[] {
  return definitions.filter((definition) => drawn(definition) && metricsOf(definition) === metricsOf(panel));
}
