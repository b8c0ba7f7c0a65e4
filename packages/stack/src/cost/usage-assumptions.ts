import type { Range } from './range.ts';

/** How much an environment is used, which no configuration says. */
export interface UsageAssumptions {
  /** Data through each NAT gateway. */
  readonly natGBPerMonth: Range;
  /** Logs written to each log group. */
  readonly logGBPerMonth: Range;
  /** Backups beyond the free amount, as a share of the allocated storage. */
  readonly backupShareOfStorage: Range;
  /** Data through each VPC endpoint. */
  readonly endpointGBPerMonth: Range;
  /** Data in an Aurora cluster, which grows by itself. */
  readonly auroraStorageGB: Range;
  /** Reads from and writes to Aurora's storage. */
  readonly auroraMillionIoPerMonth: Range;
  /** What AWS Backup keeps for a rule, as a share of the storage: a full first backup, then changes. */
  readonly vaultShareOfStorage: Range;
  /** One sample of enhanced monitoring, with its list of processes. */
  readonly monitoringKBPerSample: Range;
}

/** The use that estimates assume unless another is given. None of it was measured. */
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

/** What every estimate leaves out: requests and traffic, which cost little beside the rest. */
export const notEstimated = [
  'data transfer between zones and to the internet',
  'requests to KMS, SNS, Secrets Manager and CloudWatch',
  'growth of the storage after creation, and snapshots taken by hand',
  'the state bucket, and runs of the password rotation: cents',
  'CPU credits of t3 and t4g beyond the baseline',
  'extended support of a major version after its end of life',
];

/** Size of a stored log as a share of what was written: CloudWatch compresses it, and this is a common ratio for text. */
export const storedShareOfLogs = 0.15;
