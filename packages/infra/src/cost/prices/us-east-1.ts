import type { RegionPrices } from './price.ts';
import { familyPrices } from './class-prices.ts';

const list = 'open-source estimator, its copy of the AWS list, us-east-1, April 2026';
const rds2026 = 'usage.ai, RDS pricing calculator guide, June 2026';
const cloudWatch2026 = 'factualminds.com, CloudWatch pricing, 2026-06-13';
const estimators = 'figures of public estimators with a source in the AWS price list, 2026';
const memory = 'known figure, no source at hand';

function published(usd: number) {
  return { size: 'large', usd, source: list, quality: 'published' } as const;
}

/** US East (N. Virginia), USD, PostgreSQL on demand. */
export const usEast1: RegionPrices = {
  ...familyPrices('t3', published(0.145)),
  ...familyPrices('t4g', published(0.129)),
  ...familyPrices('m5', published(0.178)),
  ...familyPrices('m6g', published(0.159)),
  ...familyPrices('m7g', published(0.168)),
  ...familyPrices('r5', published(0.25)),
  ...familyPrices('r6g', published(0.225)),
  ...familyPrices('r7g', { size: 'large', usd: 0.239, source: memory, quality: 'not verified' }),
  'rds.storage.gp3': { usd: 0.115, per: 'GB-month', source: rds2026, quality: 'published' },
  'rds.storage.gp2': { usd: 0.115, per: 'GB-month', source: rds2026, quality: 'published' },
  'rds.iops.gp3': { usd: 0.02, per: 'IOPS-month', source: rds2026, quality: 'published' },
  'rds.throughput.gp3': { usd: 0.08, per: 'MiB/s-month', source: memory, quality: 'not verified' },
  'rds.backup': { usd: 0.095, per: 'GB-month', source: rds2026, quality: 'published' },
  'rds.insights.advanced': { usd: 0.0125, per: 'hour', source: memory, quality: 'not verified' },
  'rds.proxy': {
    usd: 0.015,
    per: 'hour',
    source: 'AWS price list as quoted by a public repository, us-east-1 (RDS:ProxyUsage)',
    quality: 'published',
  },
  'rds.proxy.capacity-unit': { usd: 0.015, per: 'hour', source: memory, quality: 'not verified' },
  'aurora.capacity-unit': { usd: 0.12, per: 'hour', source: estimators, quality: 'published' },
  'aurora.capacity-unit.io-optimized': { usd: 0.156, per: 'hour', source: memory, quality: 'not verified' },
  'aurora.storage': { usd: 0.1, per: 'GB-month', source: memory, quality: 'not verified' },
  'aurora.storage.io-optimized': { usd: 0.225, per: 'GB-month', source: memory, quality: 'not verified' },
  'aurora.io': { usd: 0.2, per: 'million', source: memory, quality: 'not verified' },
  'aurora.backup': { usd: 0.021, per: 'GB-month', source: estimators, quality: 'published' },
  'backup.storage': { usd: 0.095, per: 'GB-month', source: 'the price of RDS snapshots', quality: 'derived' },
  'backup.copy': { usd: 0.095, per: 'GB-month', source: 'the price of RDS snapshots', quality: 'derived' },
  'endpoint.hour': { usd: 0.01, per: 'hour', source: memory, quality: 'not verified' },
  'endpoint.data': { usd: 0.01, per: 'GB', source: memory, quality: 'not verified' },
  'ec2.t4g.nano': { usd: 0.0042, per: 'hour', source: memory, quality: 'not verified' },
  'ebs.gp3': { usd: 0.08, per: 'GB-month', source: estimators, quality: 'published' },
  'nat.hour': { usd: 0.045, per: 'hour', source: list, quality: 'published' },
  'nat.data': { usd: 0.045, per: 'GB', source: list, quality: 'published' },
  'ipv4.hour': { usd: 0.005, per: 'hour', source: 'the same in all regions: a bill', quality: 'bill' },
  'kms.key': { usd: 1, per: 'month', source: 'Infracost output', quality: 'published' },
  secret: { usd: 0.4, per: 'month', source: 'Infracost output', quality: 'published' },
  'alarm.standard': { usd: 0.1, per: 'month', source: cloudWatch2026, quality: 'published' },
  'alarm.high-resolution': { usd: 0.3, per: 'month', source: cloudWatch2026, quality: 'published' },
  'alarm.composite': { usd: 0.5, per: 'month', source: cloudWatch2026, quality: 'published' },
  'metric.custom': { usd: 0.3, per: 'month', source: cloudWatch2026, quality: 'published' },
  'logs.ingestion': { usd: 0.5, per: 'GB', source: cloudWatch2026, quality: 'published' },
  'logs.storage': { usd: 0.03, per: 'GB-month', source: cloudWatch2026, quality: 'published' },
};
