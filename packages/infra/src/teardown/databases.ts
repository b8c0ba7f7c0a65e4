import {
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  paginateDescribeDBProxies,
  RDSClient,
} from '@aws-sdk/client-rds';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, isOwned } from './remnant.ts';

/** Instances, those of clusters included. */
export const databaseInstances: Finder = async (scope) => {
  const { region } = scope;
  const client = new RDSClient({ region });
  const instances = await allOf(paginateDescribeDBInstances({ client }, {}), (page) => page.DBInstances);
  return instances
    .filter(({ DBInstanceIdentifier, TagList }) => isOwned(scope, DBInstanceIdentifier, TagList))
    .map(
      ({ DBInstanceIdentifier: id = '', DBInstanceClass, DBInstanceStatus, AllocatedStorage, MultiAZ }) => {
        const servers = MultiAZ === true ? 2 : 1;
        const compute = monthlyPrice(region, `rds.instance.${DBInstanceClass}`, servers);
        const storage = monthlyPrice(region, 'rds.storage.gp3', (AllocatedStorage ?? 0) * servers);
        return {
          kind: 'database instance',
          id,
          region,
          detail: `${DBInstanceClass}, ${DBInstanceStatus}`,
          charged: true,
          monthlyUsd: compute === undefined || storage === undefined ? undefined : compute + storage,
          removal: `aws rds delete-db-instance --region ${region} --db-instance-identifier ${id} --skip-final-snapshot --delete-automated-backups`,
        };
      },
    );
};

export const databaseClusters: Finder = async (scope) => {
  const { region } = scope;
  const client = new RDSClient({ region });
  const clusters = await allOf(paginateDescribeDBClusters({ client }, {}), (page) => page.DBClusters);
  return clusters
    .filter(({ DBClusterIdentifier, TagList }) => isOwned(scope, DBClusterIdentifier, TagList))
    .map(({ DBClusterIdentifier: id = '', Status, Engine }) => ({
      kind: 'database cluster',
      id,
      region,
      detail: `${Engine}, ${Status}`,
      charged: true,
      monthlyUsd: undefined,
      removal: `aws rds delete-db-cluster --region ${region} --db-cluster-identifier ${id} --skip-final-snapshot`,
    }));
};

export const databaseProxies: Finder = async (scope) => {
  const { region } = scope;
  const client = new RDSClient({ region });
  const proxies = await allOf(paginateDescribeDBProxies({ client }, {}), (page) => page.DBProxies);
  return proxies
    .filter(({ DBProxyName }) => isOwned(scope, DBProxyName))
    .map(({ DBProxyName: id = '', Status }) => ({
      kind: 'database proxy',
      id,
      region,
      detail: Status,
      charged: true,
      monthlyUsd: undefined,
      removal: `aws rds delete-db-proxy --region ${region} --db-proxy-name ${id}`,
    }));
};
