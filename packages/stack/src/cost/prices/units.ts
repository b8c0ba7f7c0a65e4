import type { Figure, Price } from './price.ts';

/** What each price is paid by. */
const units = {
  'rds.storage.gp2': 'GB-month',
  'rds.storage.gp3': 'GB-month',
  'rds.storage.io1': 'GB-month',
  'rds.iops.gp3': 'IOPS-month',
  'rds.iops.io1': 'IOPS-month',
  'rds.throughput.gp3': 'MiB/s-month',
  'rds.backup': 'GB-month',
  'rds.insights.advanced': 'hour',
  'rds.proxy': 'hour',
  'rds.proxy.capacity-unit': 'hour',
  'aurora.capacity-unit': 'hour',
  'aurora.capacity-unit.io-optimized': 'hour',
  'aurora.storage': 'GB-month',
  'aurora.storage.io-optimized': 'GB-month',
  'aurora.io': 'million',
  'aurora.backup': 'GB-month',
  'backup.storage': 'GB-month',
  'backup.copy': 'GB-month',
  'endpoint.hour': 'hour',
  'endpoint.data': 'GB',
  'ec2.t4g.nano': 'hour',
  'ebs.gp3': 'GB-month',
  'nat.hour': 'hour',
  'nat.data': 'GB',
  'ipv4.hour': 'hour',
  'kms.key': 'month',
  secret: 'month',
  'alarm.standard': 'month',
  'alarm.high-resolution': 'month',
  'alarm.composite': 'month',
  'metric.custom': 'month',
  'logs.ingestion': 'GB',
  'logs.storage': 'GB-month',
  zone: 'month',
  dashboard: 'month',
} as const satisfies Readonly<Record<string, Price['per']>>;

/** Key of a price that is the same for all classes. */
type PriceKey = keyof typeof units;

/** Classes, machines and insights, whatever their names. */
const hourly = /^(rds\.(instance|cluster|insights)|aurora\.instance|ec2)\./;

/** What a price is paid by, from its key: `nat.data` by the GB. Undefined for a key that is not known. */
export function unitOf(key: string): Price['per'] | undefined {
  if (Object.hasOwn(units, key)) return units[key as PriceKey];
  return hourly.test(key) ? 'hour' : undefined;
}

/** Figures with the units of their keys. */
export function priced<Key extends PriceKey>(
  figures: Readonly<Record<Key, Figure>>,
): Readonly<Record<Key, Price>> {
  const prices: Partial<Record<Key, Price>> = {};
  for (const key of Object.keys(figures) as Key[]) prices[key] = { ...figures[key], per: units[key] };
  return prices as Record<Key, Price>;
}
