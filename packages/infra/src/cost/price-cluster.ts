import { blocks, number, type StackResource, text } from '../stack/stack-model.ts';
import { type CostItem, type Pricer, times } from './cost-item.ts';
import { monitoringItems } from './price-database.ts';
import type { Range, UsageAssumptions } from './usage-assumptions.ts';

/** A writer and two readable standbys, each with its own storage. */
export const multiAzInstances = 3;

/** Storage, backups and, for a Multi-AZ cluster, its three instances. Aurora's instances are resources of their own. */
export const priceCluster: Pricer = (resource, _stack, usage) => {
  const { config } = resource;
  const engine = text(config['engine']);
  if (engine === 'aurora-postgresql') return [...auroraItems(resource, usage), ...secretItems(resource)];
  if (engine !== 'postgres') return { unpriced: `engine ${engine ?? 'unknown'}` };
  const instanceClass = text(config['db_cluster_instance_class']);
  const allocatedGiB = number(config['allocated_storage']);
  const storageType = text(config['storage_type']) ?? 'gp3';
  if (instanceClass === undefined) return { unpriced: 'its instance class is not literal' };
  if (allocatedGiB === undefined) return { unpriced: 'its storage size is not literal' };
  const items: CostItem[] = [
    {
      group: 'RDS',
      component: `${instanceClass}, writer and two readable standbys`,
      priceKey: `rds.cluster.${instanceClass}`,
      quantity: 1,
    },
    {
      group: 'RDS',
      component: `${storageType} storage, ${allocatedGiB} GiB on three instances`,
      priceKey: `rds.storage.${storageType}`,
      quantity: multiAzInstances * allocatedGiB,
    },
    {
      group: 'RDS',
      component: 'backups beyond the free amount',
      priceKey: 'rds.backup',
      quantity: times(usage.backupShareOfStorage, allocatedGiB),
    },
    ...monitoringItems(resource, usage),
    ...secretItems(resource),
  ];
  if (storageType !== 'gp3') {
    items.push({
      group: 'RDS',
      component: `${storageType} IOPS`,
      priceKey: `rds.iops.${storageType}`,
      quantity: multiAzInstances * (number(config['iops']) ?? 0),
    });
  }
  return items;
};

function auroraItems({ config }: StackResource, usage: UsageAssumptions): CostItem[] {
  const optimized = text(config['storage_type']) === 'aurora-iopt1';
  const items: CostItem[] = [
    {
      group: 'RDS',
      component: `Aurora storage${optimized ? ', I/O-Optimized' : ''}`,
      priceKey: optimized ? 'aurora.storage.io-optimized' : 'aurora.storage',
      quantity: usage.auroraStorageGB,
    },
    {
      group: 'RDS',
      component: 'Aurora backups beyond the free amount',
      priceKey: 'aurora.backup',
      quantity: times(usage.backupShareOfStorage, usage.auroraStorageGB.high),
    },
  ];
  if (!optimized) {
    items.push({
      group: 'RDS',
      component: 'Aurora I/O requests, in millions',
      priceKey: 'aurora.io',
      quantity: usage.auroraMillionIoPerMonth,
    });
  }
  return items;
}

function secretItems({ config }: StackResource): CostItem[] {
  return config['manage_master_user_password'] === true
    ? [{ group: 'misc', component: 'managed secret of the administrator', priceKey: 'secret', quantity: 1 }]
    : [];
}

/** An Aurora instance by its class, or by the capacity that its cluster lets it take. */
export const priceClusterInstance: Pricer = (resource, stack, usage) => {
  const { config } = resource;
  const cluster = stack.target(config['cluster_identifier'], 'aws_rds_cluster');
  const instanceClass = text(config['instance_class']);
  if (instanceClass === undefined) return { unpriced: 'its instance class is not literal' };
  const optimized = text(cluster?.config['storage_type']) === 'aurora-iopt1' ? '.io-optimized' : '';
  const monitoring = monitoringItems(resource, usage);
  if (instanceClass !== 'db.serverless') {
    const priceKey = `aurora.instance${optimized}.${instanceClass}`;
    return [{ group: 'RDS', component: `${instanceClass}, Aurora`, priceKey, quantity: 1 }, ...monitoring];
  }
  const capacity = capacityOf(cluster);
  if (capacity === undefined) return { unpriced: 'the capacity of its cluster is not literal' };
  return [
    {
      group: 'RDS',
      component: `Aurora capacity units, ${capacity.low} to ${capacity.high}`,
      priceKey: `aurora.capacity-unit${optimized}`,
      quantity: capacity,
    },
    ...monitoring,
  ];
};

/** The capacity units that each serverless instance of a cluster may take. */
export function capacityOf(cluster: StackResource | undefined): Range | undefined {
  const [scaling] = blocks(cluster?.config['serverlessv2_scaling_configuration']);
  const low = number(scaling?.['min_capacity']);
  const high = number(scaling?.['max_capacity']);
  return low === undefined || high === undefined ? undefined : { low, high };
}
