import { gp3Storage, instanceClass as figuresOf } from '@ecommerce-dms/rds-classes';
import { number, type StackResource, text } from '../model/stack-model.ts';
import type { CostItem, Pricer } from './cost-item.ts';
import { type Range, times } from './range.ts';
import type { UsageAssumptions } from './usage-assumptions.ts';

const { includedIops, includedThroughputMibps } = gp3Storage;
const secondsPerMonth = 730 * 3600;

/** Instance, storage, backups and insights of an RDS for PostgreSQL instance; Multi-AZ counts twice. */
export const priceDatabase: Pricer = (resource, stack, usage) => {
  const { config } = resource;
  const source = stack.target(config['replicate_source_db'], 'aws_db_instance');
  const engine = text((source ?? resource).config['engine']);
  const instanceClass = text(config['instance_class']);
  // A replica takes the storage of its source.
  const storage = { ...source?.config, ...config };
  const storageType = text(storage['storage_type']);
  const allocatedGiB = number(storage['allocated_storage']);
  if (engine !== 'postgres') return { unpriced: `engine ${engine ?? 'unknown'}` };
  if (instanceClass === undefined) return { unpriced: 'its instance class is not literal' };
  if (allocatedGiB === undefined) return { unpriced: 'its storage size is not literal' };
  if (storageType !== 'gp3' && storageType !== 'gp2') {
    return { unpriced: `storage type ${storageType ?? 'unknown'}` };
  }

  const copies = config['multi_az'] === true ? 2 : 1;
  // A state has an empty text for what is not set.
  const kind = (text(config['replicate_source_db']) ?? '') === '' ? '' : ', read replica';
  const suffix = (copies === 2 ? ', Multi-AZ' : '') + kind;
  const items: CostItem[] = [
    { component: `${instanceClass}${suffix}`, priceKey: `rds.instance.${instanceClass}`, quantity: copies },
    {
      component: `${storageType} storage, ${allocatedGiB} GiB${suffix}`,
      priceKey: `rds.storage.${storageType}`,
      quantity: copies * allocatedGiB,
    },
    ...performanceItems(storage, copies),
    ...insightsItems(config, instanceClass, 1),
    ...monitoringItems(resource, usage),
  ];
  if ((number(config['backup_retention_period']) ?? 0) > 0) {
    items.push({
      component: 'backups beyond the free amount',
      priceKey: 'rds.backup',
      quantity: times(usage.backupShareOfStorage, allocatedGiB),
    });
  }
  if (config['dedicated_log_volume'] === true) {
    items.push({
      component: `dedicated log volume${suffix}`,
      priceKey: 'rds.dedicated-log-volume',
      quantity: copies,
    });
  }
  return [...items, ...secretItems(config)];
};

/** The secret of a password that RDS manages. */
export function secretItems(config: StackResource['config']): CostItem[] {
  return config['manage_master_user_password'] === true
    ? [{ component: 'managed secret of the administrator', priceKey: 'secret', quantity: 1 }]
    : [];
}

/** Performance bought beyond what comes with 400 GiB of gp3 and more. */
export function performanceItems(storage: StackResource['config'], copies: number): CostItem[] {
  const iops = (number(storage['iops']) ?? 0) - includedIops.striped;
  const throughput = (number(storage['storage_throughput']) ?? 0) - includedThroughputMibps.striped;
  return [
    { component: 'gp3 IOPS', priceKey: 'rds.iops.gp3', quantity: iops * copies },
    { component: 'gp3 throughput', priceKey: 'rds.throughput.gp3', quantity: throughput * copies },
  ].filter((item) => item.quantity > 0);
}

/** Days of Performance Insights that are free. The 465 of the advanced mode are part of its price. */
const freeInsightsDays = 7;

/**
 * Advanced Database Insights are paid by the vCPU, as is a longer history in the standard mode. For a class whose vCPUs
 * are not known the price is looked up by the class, and so found missing.
 *
 * @param config of the resource that has the mode: an instance, or a cluster for its instances
 */
export function insightsItems(
  config: StackResource['config'],
  instanceClass: string,
  instances: number | Range,
): CostItem[] {
  const retentionDays = number(config['performance_insights_retention_period']) ?? 0;
  const isAdvanced = config['database_insights_mode'] === 'advanced';
  if (!isAdvanced && retentionDays <= freeInsightsDays) return [];
  const vcpus = figuresOf(instanceClass)?.vcpus;
  const key = isAdvanced ? 'rds.insights.advanced' : `rds.insights.${retentionDays}-days`;
  return [
    {
      component: isAdvanced ? 'advanced Database Insights' : `${retentionDays} days of Performance Insights`,
      priceKey: vcpus === undefined ? `${key}.${instanceClass}` : key,
      quantity: typeof instances === 'number' ? instances * (vcpus ?? 1) : times(instances, vcpus ?? 1),
    },
  ];
}

/** Enhanced monitoring is paid for by what each instance writes to CloudWatch Logs. */
export function monitoringItems(
  { config }: StackResource,
  usage: UsageAssumptions,
  instances = 1,
): CostItem[] {
  const intervalSeconds = number(config['monitoring_interval']) ?? 0;
  if (intervalSeconds === 0) return [];
  return [
    {
      component: `enhanced monitoring every ${intervalSeconds} s`,
      priceKey: 'logs.ingestion',
      quantity: times(usage.monitoringKBPerSample, (instances * secondsPerMonth) / intervalSeconds / 1e6),
    },
  ];
}
