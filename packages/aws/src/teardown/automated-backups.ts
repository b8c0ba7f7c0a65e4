import {
  paginateDescribeDBClusterAutomatedBackups,
  paginateDescribeDBInstanceAutomatedBackups,
  RDSClient,
} from '@aws-sdk/client-rds';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, isOwned } from './remnant.ts';

/** Backups for point-in-time recovery that outlive their instance. */
export const instanceAutomatedBackups: Finder = async (scope) => {
  const { region } = scope;
  const client = new RDSClient({ region });
  const backups = await allOf(
    paginateDescribeDBInstanceAutomatedBackups({ client }, {}),
    (page) => page.DBInstanceAutomatedBackups,
  );
  return backups
    .filter(({ DBInstanceIdentifier, TagList }) => isOwned(scope, DBInstanceIdentifier, TagList))
    .filter(outlives)
    .map(({ DBInstanceIdentifier = '', DbiResourceId, AllocatedStorage, Status }) => ({
      kind: 'automated backup',
      id: DBInstanceIdentifier,
      region,
      detail: `of ${AllocatedStorage} GiB of storage, ${Status}`,
      charged: true,
      monthlyUsd: monthlyPrice(scope, 'rds.backup', AllocatedStorage),
      removal: `aws rds delete-db-instance-automated-backup --region ${region} --dbi-resource-id ${DbiResourceId}`,
    }));
};

/** Backups for point-in-time recovery that outlive their cluster. */
export const clusterAutomatedBackups: Finder = async (scope) => {
  const { region } = scope;
  const client = new RDSClient({ region });
  const backups = await allOf(
    paginateDescribeDBClusterAutomatedBackups({ client }, {}),
    (page) => page.DBClusterAutomatedBackups,
  );
  return backups
    .filter(({ DBClusterIdentifier, TagList }) => isOwned(scope, DBClusterIdentifier, TagList))
    .filter(outlives)
    .map(({ DBClusterIdentifier = '', DbClusterResourceId, AllocatedStorage, Status }) => ({
      kind: 'automated backup of a cluster',
      id: DBClusterIdentifier,
      region,
      detail: `of ${AllocatedStorage} GiB of storage, ${Status}`,
      charged: true,
      monthlyUsd: monthlyPrice(scope, 'rds.backup', AllocatedStorage),
      removal: `aws rds delete-db-cluster-automated-backup --region ${region} --db-cluster-resource-id ${DbClusterResourceId}`,
    }));
};

/** An active one belongs to a database that is there, and goes with it. */
function outlives({ Status }: { Status?: string }): boolean {
  return Status !== 'active';
}
