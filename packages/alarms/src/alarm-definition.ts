/** Ids of all alarms that `alarmDefinitions` can return, for a writer or a replica of any class. */
export const alarmIds = [
  'instance-not-reporting',
  'cpu-utilization',
  'db-load',
  'cpu-credit-balance',
  'cpu-surplus-credits-charged',
  'freeable-memory',
  'swap-usage',
  'database-connections',
  'free-storage-low',
  'free-storage-critical',
  'transaction-logs-disk-usage',
  'read-latency',
  'write-latency',
  'disk-queue-depth',
  'iops',
  'throughput',
  'ebs-io-balance',
  'ebs-byte-balance',
  'burst-balance',
  'transaction-ids',
  'transaction-ids-critical',
  'replication-slot-lag',
  'checkpoint-lag',
  'deadlocks',
  'worker-silent',
  'replica-lag',
  'replication-stopped',
] as const;

/** Id of an alarm: `cpu-utilization`. */
export type AlarmId = (typeof alarmIds)[number];

/** How CloudWatch summarizes the samples of a period. */
export type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'Sum' | 'SampleCount' | 'p90';

/** How a value is compared with the threshold; it breaches when that is true. */
export type ComparisonOperator =
  | 'GreaterThanThreshold'
  | 'GreaterThanOrEqualToThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

/** What CloudWatch takes a missing datapoint for. */
export type TreatMissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';

/** Unit of a metric's values and of its threshold. */
export type Unit = 'percent' | 'bytes' | 'bytes/s' | 'seconds' | 'count' | 'count/s' | 'vCPU-minutes';

/** How urgent an alarm is: a `page` wakes somebody up, a `ticket` waits for working hours. */
export type Severity = 'page' | 'ticket';

/** The part of an alarm that decides its state from datapoints. */
export interface AlarmRule {
  readonly operator: ComparisonOperator;
  readonly threshold: number;
  /** N: how many of the latest datapoints count. */
  readonly evaluationPeriods: number;
  /** M: how many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
}

/** One alarm on one database instance. */
export interface AlarmDefinition extends AlarmRule {
  readonly id: AlarmId;
  /** The kind of instance that the alarm is for. */
  readonly role: 'writer' | 'replica';
  readonly namespace: string;
  /** Names of the metrics. Of several, the alarm watches the sum. */
  readonly metrics: readonly string[];
  readonly statistic: Statistic;
  readonly periodSeconds: number;
  readonly unit: Unit;
  readonly severity: Severity;
  readonly title: string;
  /** What is at stake. */
  readonly why: string;
  /** How the threshold follows from the figures of the instance. */
  readonly derivation: string;
  /** Where the rule or the limit comes from. */
  readonly source: string;
  /** What to do when it fires. */
  readonly runbook: string;
  /** The values that the metric can have on this instance; `max: null` is unbounded. */
  readonly range: { readonly min: number; readonly max: number | null };
  /** CloudWatch Logs filter pattern, for a metric that is not RDS's own but counts the log lines that match. */
  readonly logPattern?: string;
}
