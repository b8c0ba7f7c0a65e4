import type { Price, RegionPrices } from './price.ts';
import { familyPrices } from './class-prices.ts';
import { usEast1 } from './us-east-1.ts';

const infracost = 'Infracost output for eu-west-1';
const memory = 'known figure, no source at hand';
const bill2026 = 'Cost Explorer of an account in eu-west-1, July 2026';

/** EC2 in eu-west-1 costs 1.11 to 1.12 times what it costs in us-east-1; RDS follows it closely. */
function fromUsEast1(usd: number) {
  return {
    size: 'large',
    usd: Math.round(usd * 1.11 * 1000) / 1000,
    source: 'the figure of us-east-1 times 1.11, the ratio of EC2 prices',
    quality: 'not verified',
  } as const;
}

/** CloudWatch's fixed prices, taken over from us-east-1. */
function sameAsUsEast1(key: string): RegionPrices {
  const price: Price | undefined = usEast1[key];
  return price === undefined
    ? {}
    : { [key]: { ...price, source: `the figure of us-east-1: ${price.source}`, quality: 'derived' } };
}

/** A figure that is known in us-east-1 alone. */
function times(ratio: number, key: string): Price {
  const price = usEast1[key];
  if (price === undefined) throw new Error(`${key} has no price in us-east-1.`);
  return {
    usd: Math.round(price.usd * ratio * 10_000) / 10_000,
    per: price.per,
    source: `the figure of us-east-1 times ${ratio}: ${price.source}`,
    quality: 'not verified',
  };
}

/** Europe (Ireland), USD, PostgreSQL on demand. */
export const euWest1: RegionPrices = {
  ...familyPrices('t3', {
    size: 'medium',
    usd: 0.078,
    source: 'the first design (EUR 0.076)',
    quality: 'not verified',
  }),
  ...familyPrices('t4g', { size: 'medium', usd: 0.07, source: memory, quality: 'not verified' }),
  ...familyPrices('m5', fromUsEast1(0.178)),
  ...familyPrices('m6g', fromUsEast1(0.159)),
  ...familyPrices('m7g', fromUsEast1(0.168)),
  ...familyPrices('r5', fromUsEast1(0.25)),
  ...familyPrices('r6g', fromUsEast1(0.225)),
  ...familyPrices('r7g', fromUsEast1(0.239)),
  'rds.instance.db.t4g.micro': { usd: 0.017, per: 'hour', source: bill2026, quality: 'bill' },
  'rds.instance.db.t4g.small': {
    usd: 0.035,
    per: 'hour',
    source: 'Cost Explorer of an account in eu-west-1, 2026 (EU-InstanceUsage)',
    quality: 'bill',
  },
  'rds.storage.gp3': { usd: 0.127, per: 'GB-month', source: bill2026, quality: 'bill' },
  'rds.storage.gp2': { usd: 0.127, per: 'GB-month', source: infracost, quality: 'published' },
  'rds.iops.gp3': { usd: 0.022, per: 'IOPS-month', source: memory, quality: 'not verified' },
  'rds.throughput.gp3': { usd: 0.088, per: 'MiB/s-month', source: memory, quality: 'not verified' },
  'rds.backup': { usd: 0.095, per: 'GB-month', source: infracost, quality: 'published' },
  'rds.insights.advanced': { usd: 0.0125, per: 'hour', source: memory, quality: 'not verified' },
  'rds.proxy': times(1.11, 'rds.proxy'),
  'rds.proxy.capacity-unit': times(1.11, 'rds.proxy.capacity-unit'),
  'aurora.capacity-unit': {
    usd: 0.14,
    per: 'hour',
    source: 'figures of public estimators with a source in the AWS price list, 2026',
    quality: 'published',
  },
  'aurora.capacity-unit.io-optimized': times(1.11, 'aurora.capacity-unit.io-optimized'),
  'aurora.storage': times(1.11, 'aurora.storage'),
  'aurora.storage.io-optimized': times(1.11, 'aurora.storage.io-optimized'),
  'aurora.io': times(1.11, 'aurora.io'),
  'aurora.backup': {
    usd: 0.021,
    per: 'GB-month',
    source: 'a bill of eu-west-1 (EU-Aurora:BackupUsage: 179.62 USD for 8,553 GB)',
    quality: 'bill',
  },
  'backup.storage': { usd: 0.095, per: 'GB-month', source: 'the price of RDS snapshots', quality: 'derived' },
  'backup.copy': { usd: 0.095, per: 'GB-month', source: 'the price of RDS snapshots', quality: 'derived' },
  'endpoint.hour': {
    usd: 0.0101,
    per: 'hour',
    source: 'a bill of eu-west-1 (EU-VpcEndpoint-Hours: 352.42 USD for 34,824 h)',
    quality: 'derived',
  },
  'endpoint.data': times(1, 'endpoint.data'),
  'ec2.t4g.nano': {
    usd: 0.0046,
    per: 'hour',
    source: 'a quarter of EU-BoxUsage:t4g.small (0.0184), Cost Explorer of an account, 2026',
    quality: 'derived',
  },
  'ebs.gp3': { usd: 0.088, per: 'GB-month', source: memory, quality: 'not verified' },
  'nat.hour': {
    usd: 0.048,
    per: 'hour',
    source: 'AWS price list, extract of 2026-09-25',
    quality: 'price list',
  },
  'nat.data': {
    usd: 0.048,
    per: 'GB',
    source: 'AWS price list, extract of 2026-09-25',
    quality: 'price list',
  },
  'ipv4.hour': { usd: 0.005, per: 'hour', source: bill2026, quality: 'bill' },
  'kms.key': { usd: 1, per: 'month', source: infracost, quality: 'published' },
  secret: { usd: 0.4, per: 'month', source: infracost, quality: 'published' },
  ...sameAsUsEast1('alarm.standard'),
  ...sameAsUsEast1('alarm.high-resolution'),
  ...sameAsUsEast1('alarm.composite'),
  ...sameAsUsEast1('metric.custom'),
  'logs.ingestion': { usd: 0.57, per: 'GB', source: memory, quality: 'not verified' },
  'logs.storage': { usd: 0.03, per: 'GB-month', source: memory, quality: 'not verified' },
};
