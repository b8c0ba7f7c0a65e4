import { serverlessClass } from '@ecommerce-dms/rds-classes';
import { blocks, number, type StackModel, type StackResource, text } from '../model/stack-model.ts';
import type { CostItem, Pricer } from './cost-item.ts';
import { insightsItems, monitoringItems, performanceItems, secretItems } from './price-database.ts';
import { type Range, times } from './range.ts';
import type { UsageAssumptions } from './usage-assumptions.ts';

/** A writer and two readable standbys, each with its own storage. */
export const multiAzInstances = 3;

/** Storage, backups and, for a Multi-AZ cluster, its three instances. Aurora's instances are resources of their own. */
export const priceCluster: Pricer = (resource, _stack, usage) => {
  const { config } = resource;
  const engine = text(config['engine']);
  if (engine === 'aurora-postgresql') return [...auroraItems(resource, usage), ...secretItems(config)];
  if (engine !== 'postgres') return { unpriced: `engine ${engine ?? 'unknown'}` };
  const instanceClass = text(config['db_cluster_instance_class']);
  const allocatedGiB = number(config['allocated_storage']);
  const storageType = text(config['storage_type']) ?? 'gp3';
  if (instanceClass === undefined) return { unpriced: 'its instance class is not literal' };
  if (allocatedGiB === undefined) return { unpriced: 'its storage size is not literal' };
  const items: CostItem[] = [
    {
      component: `${instanceClass}, writer and two readable standbys`,
      priceKey: `rds.cluster.${instanceClass}`,
      quantity: 1,
    },
    {
      component: `${storageType} storage, ${allocatedGiB} GiB on three instances`,
      priceKey: `rds.storage.${storageType}`,
      quantity: multiAzInstances * allocatedGiB,
    },
    {
      component: 'backups beyond the free amount',
      priceKey: 'rds.backup',
      quantity: times(usage.backupShareOfStorage, allocatedGiB),
    },
    ...insightsItems(config, instanceClass, multiAzInstances),
    ...monitoringItems(resource, usage, multiAzInstances),
    ...secretItems(config),
  ];
  if (storageType === 'gp3') return [...items, ...performanceItems(config, multiAzInstances)];
  const iops = number(config['iops']);
  if (iops === undefined) return { unpriced: 'its iops are not literal' };
  const priceKey = `rds.iops.${storageType}`;
  return [...items, { component: `${storageType} IOPS`, priceKey, quantity: multiAzInstances * iops }];
};

function auroraItems({ config }: StackResource, usage: UsageAssumptions): CostItem[] {
  const isOptimized = isIoOptimized(config);
  const items: CostItem[] = [
    {
      component: `Aurora storage${isOptimized ? ', I/O-Optimized' : ''}`,
      priceKey: isOptimized ? 'aurora.storage.io-optimized' : 'aurora.storage',
      quantity: usage.auroraStorageGB,
    },
    {
      component: 'Aurora backups beyond the free amount',
      priceKey: 'aurora.backup',
      quantity: times(usage.backupShareOfStorage, usage.auroraStorageGB.high),
    },
  ];
  const requests: CostItem = {
    component: 'Aurora I/O requests, in millions',
    priceKey: 'aurora.io',
    quantity: usage.auroraMillionIoPerMonth,
  };
  return isOptimized ? items : [...items, requests];
}

function isIoOptimized(cluster: StackResource['config']): boolean {
  return text(cluster['storage_type']) === 'aurora-iopt1';
}

/** An Aurora instance by its class, or by the capacity that its cluster lets it take. */
export const priceClusterInstance: Pricer = (resource, stack, usage) => {
  const { config } = resource;
  const cluster = stack.target(config['cluster_identifier'], 'aws_rds_cluster');
  const instanceClass = text(config['instance_class']);
  if (cluster === undefined) return { unpriced: 'its cluster is not in the stack' };
  if (instanceClass === undefined) return { unpriced: 'its instance class is not literal' };
  const optimized = isIoOptimized(cluster.config) ? '.io-optimized' : '';
  const insights = { ...config, database_insights_mode: cluster.config['database_insights_mode'] };
  const monitoring = monitoringItems(resource, usage);
  if (instanceClass !== serverlessClass) {
    const priceKey = `aurora.instance${optimized}.${instanceClass}`;
    const server = { component: `${instanceClass}, Aurora`, priceKey, quantity: 1 };
    return [server, ...insightsItems(insights, instanceClass, 1), ...monitoring];
  }
  const capacity = capacityOf(cluster);
  if (capacity === undefined) return { unpriced: 'the capacity of its cluster is not literal' };
  const server = {
    component: `Aurora capacity units, ${capacity.low} to ${capacity.high}`,
    priceKey: `aurora.capacity-unit${optimized}`,
    quantity: capacity,
  };
  return [server, ...insightsItems(insights, instanceClass, capacity), ...monitoring];
};

/** The readers that autoscaling may add to those that are there: from none of them to all. */
export const priceReaderScaling: Pricer = ({ config }, stack, usage) => {
  if (config['scalable_dimension'] !== 'rds:cluster:ReadReplicaCount') {
    return { unpriced: 'what it scales is not known' };
  }
  const maxReaders = number(config['max_capacity']);
  if (maxReaders === undefined) return { unpriced: 'its max_capacity is not literal' };
  const id = text(config['resource_id'])?.replace(/^cluster:/, '');
  const members = membersOf(stack.target(id, 'aws_rds_cluster'), stack);
  const [like] = members;
  if (like === undefined) return { unpriced: 'the cluster that it scales is not in the stack' };
  const items = priceClusterInstance(like, stack, usage);
  if ('unpriced' in items) return items;
  const added = Math.max(0, maxReaders - (members.length - 1));
  return items.map((item) => {
    const most = typeof item.quantity === 'number' ? item.quantity : item.quantity.high;
    const quantity = { low: 0, high: added * most };
    return { ...item, component: `up to ${added} more readers: ${item.component}`, quantity };
  });
};

/** The instances of an Aurora cluster. */
export function membersOf(cluster: StackResource | undefined, stack: StackModel): StackResource[] {
  return cluster === undefined
    ? []
    : stack.referrers('aws_rds_cluster_instance', 'cluster_identifier', cluster);
}

/** The capacity units that each serverless instance of a cluster may take. */
export function capacityOf(cluster: StackResource | undefined): Range | undefined {
  const [scaling] = blocks(cluster?.config['serverlessv2_scaling_configuration']);
  const low = number(scaling?.['min_capacity']);
  const high = number(scaling?.['max_capacity']);
  return low === undefined || high === undefined ? undefined : { low, high };
}
