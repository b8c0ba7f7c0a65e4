import {
  paginateDescribeDBClusterAutomatedBackups,
  paginateDescribeDBInstanceAutomatedBackups,
  RDSClient,
} from '@aws-sdk/client-rds';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, isOwned, type Remnant, type StackScope } from './remnant.ts';

/** Backups for point-in-time recovery that outlive their instance. */
export const instanceAutomatedBackups: Finder = async (scope) => {
  const client = new RDSClient({ region: scope.region });
  const backups = await allOf(
    paginateDescribeDBInstanceAutomatedBackups({ client }, {}),
    (page) => page.DBInstanceAutomatedBackups,
  );
  return remnantsOf(scope, backups, ({ DBInstanceIdentifier, DbiResourceId }) => ({
    kind: 'automated backup',
    id: DBInstanceIdentifier,
    removal: `delete-db-instance-automated-backup --region ${scope.region} --dbi-resource-id ${DbiResourceId}`,
  }));
};

/** Backups for point-in-time recovery that outlive their cluster. */
export const clusterAutomatedBackups: Finder = async (scope) => {
  const client = new RDSClient({ region: scope.region });
  const backups = await allOf(
    paginateDescribeDBClusterAutomatedBackups({ client }, {}),
    (page) => page.DBClusterAutomatedBackups,
  );
  return remnantsOf(scope, backups, ({ DBClusterIdentifier, DbClusterResourceId }) => ({
    kind: 'automated backup of a cluster',
    id: DBClusterIdentifier,
    removal: `delete-db-cluster-automated-backup --region ${scope.region} --db-cluster-resource-id ${DbClusterResourceId}`,
  }));
};

/** What an instance's and a cluster's have in common. */
interface AutomatedBackup {
  readonly AllocatedStorage?: number;
  readonly Status?: string;
  readonly TagList?: readonly { Key?: string; Value?: string }[];
}

function remnantsOf<T extends AutomatedBackup>(
  scope: StackScope,
  backups: readonly T[],
  named: (backup: T) => { kind: string; id: string | undefined; removal: string },
): Remnant[] {
  return (
    backups
      // An active one belongs to a database that is there, and goes with it.
      .filter(({ Status }) => Status !== 'active')
      .filter((backup) => isOwned(scope, named(backup).id, backup.TagList))
      .map((backup) => {
        const { kind, id = '', removal } = named(backup);
        const { AllocatedStorage, Status } = backup;
        return {
          kind,
          id,
          region: scope.region,
          detail: `of ${AllocatedStorage} GiB of storage, ${Status}`,
          charged: true,
          monthlyUsd: monthlyPrice(scope, 'rds.backup', AllocatedStorage),
          removal: `aws rds ${removal}`,
        };
      })
  );
}
