/**
 * gp3 storage of RDS for PostgreSQL. From `stripedFromGib` on RDS stripes a volume over four: the included performance
 * is higher, and more can be bought. Below it RDS refuses any IOPS and throughput.
 * Source (2026-11-22): https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
 */
export const gp3Storage = {
  stripedFromGib: 400,
  includedIops: { belowStriping: 3_000, striped: 12_000 },
  includedThroughputMibps: { belowStriping: 125, striped: 500 },
} as const;
