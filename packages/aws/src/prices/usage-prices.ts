import type { Price } from '@ecommerce-dms/stack';

/** A price that AWS lists under one usage type a region. */
export interface UsagePrice {
  /** Key in our price list. */
  readonly key: string;
  readonly serviceCode: string;
  /** Usage type without the region's prefix: `EU-NatGateway-Hours` is `NatGateway-Hours` in eu-west-1. */
  readonly usage: string;
  readonly per: Price['per'];
  /** The unit that AWS lists. Another one means another price. */
  readonly unit: RegExp;
  /** Further attributes that it must have. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The listed price is multiplied by it. Default 1. */
  readonly factor?: number;
}

const hours = { per: 'hour', unit: /^(hrs|hours?|acu-hr|vcpu-hours?)$/i } as const;
const storage = { per: 'GB-month', unit: /^gb-mo(nth)?$/i } as const;
const data = { per: 'GB', unit: /^(gb|gigabytes?)$/i } as const;
const pieces = { per: 'month', unit: /^(keys?|secrets?|alarms?|metrics?)$/i } as const;
const linux = {
  operatingSystem: 'Linux',
  preInstalledSw: 'NA',
  tenancy: 'Shared',
  capacitystatus: 'Used',
};

function rds(key: string, usage: string, rest: Pick<UsagePrice, 'per' | 'unit' | 'factor'>): UsagePrice {
  return { key, serviceCode: 'AmazonRDS', usage, ...rest };
}

function service(
  serviceCode: string,
  key: string,
  usage: string,
  rest: Pick<UsagePrice, 'per' | 'unit' | 'attributes'>,
): UsagePrice {
  return { key, serviceCode, usage, ...rest };
}

/**
 * Usage types as they stand in AWS's price list. Classes of RDS and Aurora are found by their engine instead.
 *
 * Dashboards and hosted zones are not in it: they cost the same everywhere. The usage types of advanced Insights are not
 * known to us: they keep their price of the list that comes with the package, and have none elsewhere.
 */
export const usagePrices: readonly UsagePrice[] = [
  rds('rds.storage.gp3', 'RDS:GP3-Storage', storage),
  rds('rds.storage.gp2', 'RDS:GP2-Storage', storage),
  rds('rds.storage.io1', 'RDS:PIOPS-Storage', storage),
  rds('rds.iops.gp3', 'RDS:GP3-PIOPS', { per: 'IOPS-month', unit: /^iops-mo/i }),
  rds('rds.iops.io1', 'RDS:PIOPS', { per: 'IOPS-month', unit: /^iops-mo/i }),
  rds('rds.throughput.gp3', 'RDS:GP3-Throughput', { per: 'MiB/s-month', unit: /^mi?bps-mo/i }),
  rds('rds.backup', 'RDS:ChargedBackupUsage', storage),
  rds('rds.proxy', 'RDS:ProxyUsage', hours),
  rds('rds.proxy.capacity-unit', 'RDS:Proxy-ASv2-Usage', hours),
  rds('aurora.capacity-unit', 'Aurora:ServerlessV2Usage', hours),
  rds('aurora.capacity-unit.io-optimized', 'Aurora:ServerlessV2IOOptimizedUsage', hours),
  rds('aurora.storage', 'Aurora:StorageUsage', storage),
  rds('aurora.storage.io-optimized', 'Aurora:IO-OptimizedStorageUsage', storage),
  rds('aurora.io', 'Aurora:StorageIOUsage', { per: 'million', unit: /^ios$/i, factor: 1_000_000 }),
  rds('aurora.backup', 'Aurora:BackupUsage', storage),
  service('AmazonEC2', 'nat.hour', 'NatGateway-Hours', hours),
  service('AmazonEC2', 'nat.data', 'NatGateway-Bytes', data),
  service('AmazonEC2', 'ec2.t4g.nano', 'BoxUsage:t4g.nano', { ...hours, attributes: linux }),
  service('AmazonEC2', 'ebs.gp3', 'EBS:VolumeUsage.gp3', storage),
  service('AmazonVPC', 'ipv4.hour', 'PublicIPv4:InUseAddress', hours),
  service('AmazonVPC', 'endpoint.hour', 'VpcEndpoint-Hours', hours),
  service('AmazonVPC', 'endpoint.data', 'VpcEndpoint-Bytes', data),
  service('awskms', 'kms.key', 'KMS-Keys', pieces),
  service('AWSSecretsManager', 'secret', 'AWSSecretsManager-Secrets', pieces),
  service('AmazonCloudWatch', 'alarm.standard', 'CW:AlarmMonitorUsage', pieces),
  service('AmazonCloudWatch', 'alarm.high-resolution', 'CW:HighResAlarmMonitorUsage', pieces),
  service('AmazonCloudWatch', 'alarm.composite', 'CW:CompositeAlarmMonitorUsage', pieces),
  service('AmazonCloudWatch', 'metric.custom', 'CW:MetricMonitorUsage', pieces),
  service('AmazonCloudWatch', 'logs.ingestion', 'DataProcessing-Bytes', data),
  service('AmazonCloudWatch', 'logs.storage', 'TimedStorage-ByteHrs', storage),
];
