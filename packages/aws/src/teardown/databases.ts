import {
  type DBInstance,
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  paginateDescribeDBProxies,
  RDSClient,
} from '@aws-sdk/client-rds';
import { gp3Storage } from '@ecommerce-dms/rds-classes';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, isOwned, type StackScope } from './remnant.ts';

/** Instances, those of clusters included. */
export const databaseInstances: Finder = async (scope) => {
  const client = new RDSClient({ region: scope.region });
  const instances = await allOf(paginateDescribeDBInstances({ client }, {}), (page) => page.DBInstances);
  return instances
    .filter(({ DBInstanceIdentifier, TagList }) => isOwned(scope, DBInstanceIdentifier, TagList))
    .map((instance) => {
      const { DBInstanceIdentifier: id = '', DBInstanceClass, DBInstanceStatus } = instance;
      return {
        kind: 'database instance',
        id,
        detail: `${DBInstanceClass}, ${DBInstanceStatus}`,
        monthlyUsd: priceOfInstance(instance, scope),
        removal: `rds delete-db-instance --db-instance-identifier ${id} --skip-final-snapshot --delete-automated-backups`,
      };
    });
};

/** Undefined for what is paid in another way: members of clusters, other storage, and bought performance. */
function priceOfInstance(instance: DBInstance, scope: StackScope): number | undefined {
  const { Engine, DBClusterIdentifier, DBInstanceClass, MultiAZ } = instance;
  const { AllocatedStorage, StorageType = '', Iops = 0, StorageThroughput = 0 } = instance;
  const isPlain =
    Engine === 'postgres' &&
    DBClusterIdentifier === undefined &&
    ['gp2', 'gp3'].includes(StorageType) &&
    Iops <= gp3Storage.includedIops.striped &&
    StorageThroughput <= gp3Storage.includedThroughputMibps.striped;
  if (!isPlain || AllocatedStorage === undefined) return undefined;
  const servers = MultiAZ === true ? 2 : 1;
  const compute = monthlyPrice(scope, `rds.instance.${DBInstanceClass}`, servers);
  const storage = monthlyPrice(scope, `rds.storage.${StorageType}`, AllocatedStorage * servers);
  return compute === undefined || storage === undefined ? undefined : compute + storage;
}

export const databaseClusters: Finder = async (scope) => {
  const client = new RDSClient({ region: scope.region });
  const clusters = await allOf(paginateDescribeDBClusters({ client }, {}), (page) => page.DBClusters);
  return clusters
    .filter(({ DBClusterIdentifier, TagList }) => isOwned(scope, DBClusterIdentifier, TagList))
    .map(({ DBClusterIdentifier: id = '', Status, Engine }) => ({
      kind: 'database cluster',
      id,
      detail: `${Engine}, ${Status}`,
      monthlyUsd: undefined,
      removal: `rds delete-db-cluster --db-cluster-identifier ${id} --skip-final-snapshot`,
    }));
};

export const databaseProxies: Finder = async (scope) => {
  const client = new RDSClient({ region: scope.region });
  const proxies = await allOf(paginateDescribeDBProxies({ client }, {}), (page) => page.DBProxies);
  return proxies
    .filter(({ DBProxyName }) => isOwned(scope, DBProxyName))
    .map(({ DBProxyName: id = '', Status }) => ({
      kind: 'database proxy',
      id,
      detail: Status,
      monthlyUsd: undefined,
      removal: `rds delete-db-proxy --db-proxy-name ${id}`,
    }));
};
