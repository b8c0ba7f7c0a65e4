/** Every alarm that {@link alarmDefinitions} can give, for a writer or a replica of any class. */
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
  'replica-lag',
  'replication-stopped',
] as const;

export type AlarmId = (typeof alarmIds)[number];

export type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'Sum' | 'SampleCount' | 'p90';

export type ComparisonOperator =
  | 'GreaterThanThreshold'
  | 'GreaterThanOrEqualToThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

export type TreatMissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';

export type Unit = 'percent' | 'bytes' | 'bytes/s' | 'seconds' | 'count' | 'count/s' | 'vCPU-minutes';

/** `page`: somebody gets up. `ticket`: somebody looks at it in working hours. */
export type Severity = 'page' | 'ticket';

/** What CloudWatch's state machine needs to know of an alarm. */
export interface AlarmRule {
  readonly operator: ComparisonOperator;
  readonly threshold: number;
  /** N: how many of the latest datapoints are judged. */
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
  /** Metric names. The alarm watches their sum where there are several. */
  readonly metrics: readonly string[];
  readonly statistic: Statistic;
  readonly periodSeconds: number;
  readonly unit: Unit;
  readonly severity: Severity;
  readonly title: string;
  /** What is at stake. */
  readonly why: string;
  /** How the threshold follows from the instance, with its figures. */
  readonly derivation: string;
  /** Where the rule or the limit comes from. */
  readonly source: string;
  /** What to do when it fires. */
  readonly runbook: string;
  /** The values that the metric can take on this instance; `max: null` is unbounded. */
  readonly range: { readonly min: number; readonly max: number | null };
  /** Set where the metric is not RDS's own but counts log lines that match this CloudWatch Logs filter pattern. */
  readonly logPattern?: string;
}
