import type { Price, RegionPrices } from './price.ts';
import { familyPrices } from './class-prices.ts';
import {
  bill2026,
  cloudWatchOffers,
  ec2instances,
  estimators,
  infracost,
  instanceBill2026,
  natOffers,
  priceApi2026,
  priceAudit2026,
  secretsOffers,
  vpcOffers,
} from './sources.ts';
import { usEast1 } from './us-east-1.ts';

function family(name: string, usd: number, source: Pick<Price, 'source' | 'quality'>): RegionPrices {
  return familyPrices({ region: 'eu-west-1', name, usd, ...source });
}

/** A class that is known in us-east-1 alone, by what a family like it costs in both regions. */
function familyAs(name: string, like: string): RegionPrices {
  const [here, there] = [euClasses, usEast1].map(
    (prices) => prices[`rds.instance.${like}`]?.usd ?? Number.NaN,
  );
  const usd = (usEast1[`rds.instance.${name}`]?.usd ?? Number.NaN) * ((here ?? 0) / (there ?? 1));
  return family(name, Math.round(usd * 1000) / 1000, {
    source: `${name} of us-east-1 in 2026, times what ${like} costs here and there`,
    quality: 'not verified',
  });
}

/** CloudWatch's fixed prices, taken over from us-east-1. */
function sameAsUsEast1(key: string): RegionPrices {
  const price: Price | undefined = usEast1[key];
  return price === undefined
    ? {}
    : { [key]: { ...price, source: `the figure of us-east-1: ${price.source}`, quality: 'derived' } };
}

/** A figure that is known in us-east-1 alone. */
function times(ratio: number, key: string, why: string): Price {
  const price = usEast1[key];
  if (price === undefined) throw new Error(`${key} has no price in us-east-1.`);
  return {
    usd: Math.round(price.usd * ratio * 10_000) / 10_000,
    per: price.per,
    source: `the figure of us-east-1 times ${ratio}, ${why}: ${price.source}`,
    quality: 'not verified',
  };
}

const euClasses: RegionPrices = {
  ...family('db.t3.xlarge', 0.312, ec2instances),
  ...family('db.t4g.small', 0.035, instanceBill2026),
  'rds.instance.db.t4g.micro': { usd: 0.017, per: 'hour', ...bill2026 },
  ...family('db.m5.24xlarge', 9.456, ec2instances),
  ...family('db.m6g.large', 0.176, {
    source: 'a gist of philmcmahon on GitHub, November 2021: 128 USD a month, 0.1747 to 0.1767 an hour',
    quality: 'published',
  }),
  ...family('db.r5.12xlarge', 6.72, ec2instances),
};

/** Europe (Ireland), USD, PostgreSQL on demand. */
export const euWest1: RegionPrices = {
  ...euClasses,
  ...familyAs('db.m7g.large', 'db.m5.large'),
  ...familyAs('db.r6g.large', 'db.r5.large'),
  ...familyAs('db.r7g.large', 'db.r5.large'),
  'rds.storage.gp3': { usd: 0.127, per: 'GB-month', ...bill2026 },
  'rds.storage.gp2': { usd: 0.127, per: 'GB-month', ...infracost },
  'rds.iops.gp3': times(1.1, 'rds.iops.gp3', 'the ratio of gp3 storage'),
  'rds.backup': { usd: 0.095, per: 'GB-month', ...infracost },
  'rds.insights.advanced': times(1, 'rds.insights.advanced', 'because regions are not told apart there'),
  'rds.proxy': times(1.107, 'rds.proxy', 'the ratio of db.m5'),
  'rds.proxy.capacity-unit': times(1.107, 'rds.proxy.capacity-unit', 'the ratio of db.m5'),
  'aurora.capacity-unit': { usd: 0.14, per: 'hour', ...estimators },
  'aurora.capacity-unit.io-optimized': {
    usd: 0.19,
    per: 'hour',
    source:
      'the figure of eu-west-2, where the standard unit costs the same: AWS price list as quoted by a public repository, read November 2026',
    quality: 'not verified',
  },
  'aurora.storage': times(1.1, 'aurora.storage', "the ratio of Aurora's I/O"),
  'aurora.storage.io-optimized': times(1.1, 'aurora.storage.io-optimized', "the ratio of Aurora's I/O"),
  'aurora.io': { usd: 0.22, per: 'million', ...priceApi2026 },
  'aurora.backup': {
    usd: 0.021,
    per: 'GB-month',
    source: 'a bill of eu-west-1, read November 2026 (EU-Aurora:BackupUsage: 179.62 USD for 8,553 GB)',
    quality: 'bill',
  },
  'backup.storage': {
    usd: 0.095,
    per: 'GB-month',
    source: 'the price of RDS snapshots, read November 2026',
    quality: 'derived',
  },
  'backup.copy': {
    usd: 0.095,
    per: 'GB-month',
    source: 'the price of RDS snapshots, read November 2026',
    quality: 'derived',
  },
  'endpoint.hour': {
    usd: 0.0101,
    per: 'hour',
    source: 'a bill of eu-west-1, read November 2026 (EU-VpcEndpoint-Hours: 352.42 USD for 34,824 h)',
    quality: 'derived',
  },
  'endpoint.data': times(1, 'endpoint.data', 'because the hour costs nearly the same'),
  'ec2.t4g.nano': {
    usd: 0.0046,
    per: 'hour',
    source: 'a quarter of EU-BoxUsage:t4g.small (0.0184), Cost Explorer of an account, 2026',
    quality: 'derived',
  },
  'ebs.gp3': { usd: 0.088, per: 'GB-month', ...priceAudit2026 },
  'nat.hour': { usd: 0.048, per: 'hour', ...natOffers },
  'nat.data': { usd: 0.048, per: 'GB', ...natOffers },
  'ipv4.hour': { usd: 0.005, per: 'hour', ...vpcOffers },
  'kms.key': { usd: 1, per: 'month', ...infracost },
  secret: { usd: 0.4, per: 'month', ...secretsOffers },
  'alarm.standard': { usd: 0.1, per: 'month', ...cloudWatchOffers },
  ...sameAsUsEast1('alarm.high-resolution'),
  ...sameAsUsEast1('alarm.composite'),
  'metric.custom': { usd: 0.3, per: 'month', ...cloudWatchOffers },
  'logs.ingestion': { usd: 0.57, per: 'GB', ...cloudWatchOffers },
  'logs.storage': { usd: 0.03, per: 'GB-month', ...cloudWatchOffers },
};
