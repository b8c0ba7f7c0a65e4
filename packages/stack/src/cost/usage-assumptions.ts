/** From a quiet environment to a busy one. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** What no configuration tells: how much the environment is used. These are assumptions of ours, not measured. */
export interface UsageAssumptions {
  /** Data through each NAT gateway. */
  readonly natGBPerMonth: Range;
  /** What is written to each log group. */
  readonly logGBPerMonth: Range;
  /** Backups beyond the free amount, as a share of the allocated storage. */
  readonly backupShareOfStorage: Range;
  /** Data through each VPC endpoint. */
  readonly endpointGBPerMonth: Range;
  /** Data in an Aurora cluster, which grows by itself. */
  readonly auroraStorageGB: Range;
  /** Reads from and writes to Aurora's storage. */
  readonly auroraMillionIoPerMonth: Range;
  /** What AWS Backup keeps for a rule, as a share of the storage: its first backup is whole, further ones are changes. */
  readonly vaultShareOfStorage: Range;
  /** One sample of enhanced monitoring, with its list of processes. */
  readonly monitoringKBPerSample: Range;
}

export const usageAssumptions: UsageAssumptions = {
  natGBPerMonth: { low: 0, high: 100 },
  logGBPerMonth: { low: 0.1, high: 5 },
  backupShareOfStorage: { low: 0, high: 1 },
  endpointGBPerMonth: { low: 0, high: 10 },
  auroraStorageGB: { low: 10, high: 100 },
  auroraMillionIoPerMonth: { low: 1, high: 200 },
  vaultShareOfStorage: { low: 0.5, high: 3 },
  monitoringKBPerSample: { low: 5, high: 20 },
};

/** What is left out of every estimate, because it is a matter of requests and traffic and small beside the rest. */
export const notEstimated = [
  'data transfer between zones and to the internet',
  'requests to KMS, SNS, Secrets Manager and CloudWatch',
  'growth of the storage after creation, and snapshots taken by hand',
  'the state bucket, and runs of the password rotation: cents',
  'CPU credits of t3 and t4g beyond the baseline',
  'extended support of a major version after its end of life',
];

/** CloudWatch stores logs compressed; a common ratio for text. */
export const storedShareOfLogs = 0.15;
