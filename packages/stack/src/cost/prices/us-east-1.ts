import type { RegionPrices } from './price.ts';
import { familyPrices } from './class-prices.ts';
import {
  cloudWatch2026,
  estimatorCopy,
  estimators,
  infracost,
  infracostGoldens,
  priceApi2026,
  rds2026,
} from './sources.ts';

function family(name: string, usd: number, source = estimatorCopy): RegionPrices {
  return familyPrices({ region: 'us-east-1', name, usd, ...source });
}

/** US East (N. Virginia), USD, PostgreSQL on demand. */
export const usEast1: RegionPrices = {
  ...family('db.t3.large', 0.145),
  ...family('db.t4g.large', 0.129),
  ...family('db.m5.large', 0.178),
  ...family('db.m6g.large', 0.159),
  ...family('db.m7g.large', 0.168),
  ...family('db.r5.large', 0.25),
  ...family('db.r6g.large', 0.225),
  ...family('db.r7g.large', 0.239, {
    source: 'a table in a public repository, read November 2026, that does not name the engine',
    quality: 'not verified',
  }),
  'rds.storage.gp3': { usd: 0.115, per: 'GB-month', ...rds2026 },
  'rds.storage.gp2': { usd: 0.115, per: 'GB-month', ...rds2026 },
  'rds.iops.gp3': { usd: 0.02, per: 'IOPS-month', ...rds2026 },
  'rds.backup': { usd: 0.095, per: 'GB-month', ...rds2026 },
  'rds.insights.advanced': {
    usd: 0.0125,
    per: 'hour',
    source: "AWS's page on CloudWatch prices, as several public repositories quote it, read November 2026",
    quality: 'published',
  },
  'rds.proxy': {
    usd: 0.015,
    per: 'hour',
    source: 'AWS price list as quoted by a public repository, us-east-1 (RDS:ProxyUsage), read November 2026',
    quality: 'published',
  },
  'rds.proxy.capacity-unit': {
    usd: 0.015,
    per: 'hour',
    source: "AWS's page on RDS Proxy, as the SST framework quotes it, read November 2026",
    quality: 'published',
  },
  'aurora.capacity-unit': { usd: 0.12, per: 'hour', ...estimators },
  'aurora.capacity-unit.io-optimized': {
    usd: 0.16,
    per: 'hour',
    source:
      'a table of usage types in a public repository, read November 2026 (Aurora:ServerlessV2IOOptimizedUsage)',
    quality: 'published',
  },
  'aurora.storage': { usd: 0.1, per: 'GB-month', ...priceApi2026 },
  'aurora.storage.io-optimized': { usd: 0.225, per: 'GB-month', ...priceApi2026 },
  'aurora.io': { usd: 0.2, per: 'million', ...priceApi2026 },
  'aurora.backup': { usd: 0.021, per: 'GB-month', ...estimators },
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
  'endpoint.hour': { usd: 0.01, per: 'hour', ...infracostGoldens },
  'endpoint.data': { usd: 0.01, per: 'GB', ...infracostGoldens },
  'ec2.t4g.nano': {
    usd: 0.0042,
    per: 'hour',
    source: 'the Python package stacksage 0.8.4, July 2026',
    quality: 'published',
  },
  'ebs.gp3': { usd: 0.08, per: 'GB-month', ...estimators },
  'nat.hour': { usd: 0.045, per: 'hour', ...estimatorCopy },
  'nat.data': { usd: 0.045, per: 'GB', ...estimatorCopy },
  'ipv4.hour': {
    usd: 0.005,
    per: 'hour',
    source: 'the same in all regions: a bill of 2026',
    quality: 'bill',
  },
  'kms.key': { usd: 1, per: 'month', ...infracost },
  secret: { usd: 0.4, per: 'month', ...infracost },
  'alarm.standard': { usd: 0.1, per: 'month', ...cloudWatch2026 },
  'alarm.high-resolution': { usd: 0.3, per: 'month', ...cloudWatch2026 },
  'alarm.composite': { usd: 0.5, per: 'month', ...cloudWatch2026 },
  'metric.custom': { usd: 0.3, per: 'month', ...cloudWatch2026 },
  'logs.ingestion': { usd: 0.5, per: 'GB', ...cloudWatch2026 },
  'logs.storage': { usd: 0.03, per: 'GB-month', ...cloudWatch2026 },
};
