import { likeClass, sameAsUsEast1, timesUsEast1 } from './carried-over.ts';
import { familyPrices } from './class-prices.ts';
import type { Figure, RegionPrices } from './price.ts';
import {
  bill,
  bill2026,
  cloudWatchOffers,
  derived,
  ec2instances,
  estimators,
  infracost,
  instanceBill2026,
  natOffers,
  priceApi2026,
  priceAudit2026,
  published,
  rdsSnapshots,
  secretsOffers,
  unverified,
  vpcOffers,
} from './sources.ts';
import { priced } from './units.ts';

function family(name: string, figure: Figure): RegionPrices {
  return familyPrices('eu-west-1', name, figure);
}

const euClasses: RegionPrices = {
  ...family('db.t3.xlarge', { usd: 0.312, ...ec2instances }),
  ...family('db.t4g.small', { usd: 0.035, ...instanceBill2026 }),
  'rds.instance.db.t4g.micro': { usd: 0.017, per: 'hour', ...bill2026 },
  ...family('db.m5.24xlarge', { usd: 9.456, ...ec2instances }),
  ...family('db.m6g.large', {
    usd: 0.176,
    ...published('a gist of philmcmahon on GitHub, November 2021: 128 USD a month, 0.1747 to 0.1767 an hour'),
  }),
  ...family('db.r5.12xlarge', { usd: 6.72, ...ec2instances }),
};

/** Europe (Ireland), USD, PostgreSQL on demand. */
export const euWest1: RegionPrices = {
  ...euClasses,
  ...family('db.m7g.large', likeClass('db.m7g.large', 'db.m5.large', euClasses)),
  ...family('db.r6g.large', likeClass('db.r6g.large', 'db.r5.large', euClasses)),
  ...family('db.r7g.large', likeClass('db.r7g.large', 'db.r5.large', euClasses)),
  ...priced({
    'rds.storage.gp3': { usd: 0.127, ...bill2026 },
    'rds.storage.gp2': { usd: 0.127, ...infracost },
    'rds.iops.gp3': timesUsEast1(1.1, 'rds.iops.gp3', 'the ratio of gp3 storage'),
    'rds.backup': { usd: 0.095, ...infracost },
    'rds.insights.advanced': timesUsEast1(
      1,
      'rds.insights.advanced',
      'because regions are not told apart there',
    ),
    'rds.proxy': timesUsEast1(1.107, 'rds.proxy', 'the ratio of db.m5'),
    'rds.proxy.capacity-unit': timesUsEast1(1.107, 'rds.proxy.capacity-unit', 'the ratio of db.m5'),
    'aurora.capacity-unit': { usd: 0.14, ...estimators },
    'aurora.capacity-unit.io-optimized': {
      usd: 0.19,
      ...unverified(
        'the figure of eu-west-2, where the standard unit costs the same: AWS price list as quoted by a public repository, read November 2026',
      ),
    },
    'aurora.storage': timesUsEast1(1.1, 'aurora.storage', "the ratio of Aurora's I/O"),
    'aurora.storage.io-optimized': timesUsEast1(
      1.1,
      'aurora.storage.io-optimized',
      "the ratio of Aurora's I/O",
    ),
    'aurora.io': { usd: 0.22, ...priceApi2026 },
    'aurora.backup': {
      usd: 0.021,
      ...bill('a bill of eu-west-1, read November 2026 (EU-Aurora:BackupUsage: 179.62 USD for 8,553 GB)'),
    },
    'backup.storage': { usd: 0.095, ...rdsSnapshots },
    'backup.copy': { usd: 0.095, ...rdsSnapshots },
    'endpoint.hour': {
      usd: 0.0101,
      ...derived('a bill of eu-west-1, read November 2026 (EU-VpcEndpoint-Hours: 352.42 USD for 34,824 h)'),
    },
    'endpoint.data': timesUsEast1(1, 'endpoint.data', 'because the hour costs nearly the same'),
    'ec2.t4g.nano': {
      usd: 0.0046,
      ...derived('a quarter of EU-BoxUsage:t4g.small (0.0184), Cost Explorer of an account, 2026'),
    },
    'ebs.gp3': { usd: 0.088, ...priceAudit2026 },
    'nat.hour': { usd: 0.048, ...natOffers },
    'nat.data': { usd: 0.048, ...natOffers },
    'ipv4.hour': { usd: 0.005, ...vpcOffers },
    'kms.key': { usd: 1, ...infracost },
    secret: { usd: 0.4, ...secretsOffers },
    'alarm.standard': { usd: 0.1, ...cloudWatchOffers },
    'alarm.high-resolution': sameAsUsEast1('alarm.high-resolution'),
    'alarm.composite': sameAsUsEast1('alarm.composite'),
    'metric.custom': { usd: 0.3, ...cloudWatchOffers },
    'logs.ingestion': { usd: 0.57, ...cloudWatchOffers },
    'logs.storage': { usd: 0.03, ...cloudWatchOffers },
  }),
};
