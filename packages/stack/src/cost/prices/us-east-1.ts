import { familyPrices } from './class-prices.ts';
import type { Figure, RegionPrices } from './price.ts';
import {
  bill,
  cloudWatch2026,
  estimatorCopy,
  estimators,
  infracost,
  infracostGoldens,
  priceApi2026,
  published,
  rds2026,
  rdsSnapshots,
  unverified,
} from './sources.ts';
import { priced } from './units.ts';

function family(name: string, usd: number, source: Omit<Figure, 'usd'> = estimatorCopy): RegionPrices {
  return familyPrices('us-east-1', name, { usd, ...source });
}

/** US East (N. Virginia), USD, PostgreSQL on demand. */
export const usEast1 = {
  ...family('db.t3.large', 0.145),
  ...family('db.t4g.large', 0.129),
  ...family('db.m5.large', 0.178),
  ...family('db.m6g.large', 0.159),
  ...family('db.m7g.large', 0.168),
  ...family('db.r5.large', 0.25),
  ...family('db.r6g.large', 0.225),
  ...family(
    'db.r7g.large',
    0.239,
    unverified('a table in a public repository, read November 2026, that does not name the engine'),
  ),
  ...priced({
    'rds.storage.gp3': { usd: 0.115, ...rds2026 },
    'rds.storage.gp2': { usd: 0.115, ...rds2026 },
    'rds.iops.gp3': { usd: 0.02, ...rds2026 },
    'rds.backup': { usd: 0.095, ...rds2026 },
    'rds.insights.advanced': {
      usd: 0.0125,
      ...published(
        "AWS's page on CloudWatch prices, as several public repositories quote it, read November 2026",
      ),
    },
    'rds.proxy': {
      usd: 0.015,
      ...published(
        'AWS price list as quoted by a public repository, us-east-1 (RDS:ProxyUsage), read November 2026',
      ),
    },
    'rds.proxy.capacity-unit': {
      usd: 0.015,
      ...published("AWS's page on RDS Proxy, as the SST framework quotes it, read November 2026"),
    },
    'aurora.capacity-unit': { usd: 0.12, ...estimators },
    'aurora.capacity-unit.io-optimized': {
      usd: 0.16,
      ...published(
        'a table of usage types in a public repository, read November 2026 (Aurora:ServerlessV2IOOptimizedUsage)',
      ),
    },
    'aurora.storage': { usd: 0.1, ...priceApi2026 },
    'aurora.storage.io-optimized': { usd: 0.225, ...priceApi2026 },
    'aurora.io': { usd: 0.2, ...priceApi2026 },
    'aurora.backup': { usd: 0.021, ...estimators },
    'backup.storage': { usd: 0.095, ...rdsSnapshots },
    'backup.copy': { usd: 0.095, ...rdsSnapshots },
    'endpoint.hour': { usd: 0.01, ...infracostGoldens },
    'endpoint.data': { usd: 0.01, ...infracostGoldens },
    'ec2.t4g.nano': { usd: 0.0042, ...published('the Python package stacksage 0.8.4, July 2026') },
    'ebs.gp3': { usd: 0.08, ...estimators },
    'nat.hour': { usd: 0.045, ...estimatorCopy },
    'nat.data': { usd: 0.045, ...estimatorCopy },
    'ipv4.hour': { usd: 0.005, ...bill('the same in all regions: a bill of 2026') },
    'kms.key': { usd: 1, ...infracost },
    secret: { usd: 0.4, ...infracost },
    'alarm.standard': { usd: 0.1, ...cloudWatch2026 },
    'alarm.high-resolution': { usd: 0.3, ...cloudWatch2026 },
    'alarm.composite': { usd: 0.5, ...cloudWatch2026 },
    'metric.custom': { usd: 0.3, ...cloudWatch2026 },
    'logs.ingestion': { usd: 0.5, ...cloudWatch2026 },
    'logs.storage': { usd: 0.03, ...cloudWatch2026 },
  }),
};
