import {
  paginateDescribeDBClusterAutomatedBackups,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBInstanceAutomatedBackups,
  paginateDescribeDBSnapshots,
  RDSClient,
} from '@aws-sdk/client-rds';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, type Found, isOwned, type StackScope } from './remnant.ts';

/** AWS lists a snapshot under one of them. */
const snapshotTypes = ['manual', 'automated', 'awsbackup'] as const;

/** Snapshots of instances: manual, automated, and of AWS Backup. */
export const instanceSnapshots: Finder = (scope) =>
  ofEachType(async (SnapshotType) => {
    const client = new RDSClient({ region: scope.region });
    const pages = paginateDescribeDBSnapshots({ client }, { SnapshotType });
    const snapshots = await allOf(pages, (page) => page.DBSnapshots);
    return remnants(scope, snapshots, ({ DBSnapshotIdentifier, DBInstanceIdentifier }) => ({
      kind: `${SnapshotType} snapshot`,
      id: DBSnapshotIdentifier,
      database: DBInstanceIdentifier,
      removal: `rds delete-db-snapshot --db-snapshot-identifier ${DBSnapshotIdentifier}`,
    }));
  });

/** Snapshots of clusters: manual, automated, and of AWS Backup. */
export const clusterSnapshots: Finder = (scope) =>
  ofEachType(async (SnapshotType) => {
    const client = new RDSClient({ region: scope.region });
    const pages = paginateDescribeDBClusterSnapshots({ client }, { SnapshotType });
    const snapshots = await allOf(pages, (page) => page.DBClusterSnapshots);
    return remnants(scope, snapshots, ({ DBClusterSnapshotIdentifier, DBClusterIdentifier }) => ({
      kind: `${SnapshotType} snapshot`,
      id: DBClusterSnapshotIdentifier,
      database: DBClusterIdentifier,
      removal: `rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier ${DBClusterSnapshotIdentifier}`,
    }));
  });

/** Backups for point-in-time recovery that outlive their instance. */
export const instanceAutomatedBackups: Finder = async (scope) => {
  const client = new RDSClient({ region: scope.region });
  const pages = paginateDescribeDBInstanceAutomatedBackups({ client }, {});
  const backups = await allOf(pages, (page) => page.DBInstanceAutomatedBackups);
  return remnants(scope, backups.filter(outlives), ({ DBInstanceIdentifier, DbiResourceId }) => ({
    kind: 'automated backup',
    id: DBInstanceIdentifier,
    database: DBInstanceIdentifier,
    removal: `rds delete-db-instance-automated-backup --dbi-resource-id ${DbiResourceId}`,
  }));
};

/** Backups for point-in-time recovery that outlive their cluster. */
export const clusterAutomatedBackups: Finder = async (scope) => {
  const client = new RDSClient({ region: scope.region });
  const pages = paginateDescribeDBClusterAutomatedBackups({ client }, {});
  const backups = await allOf(pages, (page) => page.DBClusterAutomatedBackups);
  return remnants(scope, backups.filter(outlives), ({ DBClusterIdentifier, DbClusterResourceId }) => ({
    kind: 'automated backup of a cluster',
    id: DBClusterIdentifier,
    database: DBClusterIdentifier,
    removal: `rds delete-db-cluster-automated-backup --db-cluster-resource-id ${DbClusterResourceId}`,
  }));
};

/** An active one belongs to a database that is there, and goes with it. */
function outlives({ Status }: { Status?: string }): boolean {
  return Status !== 'active';
}

async function ofEachType(
  list: (type: (typeof snapshotTypes)[number]) => Promise<Found[]>,
): Promise<Found[]> {
  return (await Promise.all(snapshotTypes.map(list))).flat();
}

/** What the descriptions of snapshots and of automated backups have in common. */
interface Described {
  readonly AllocatedStorage?: number;
  readonly Status?: string;
  readonly TagList?: readonly { Key?: string; Value?: string }[];
}

/** Those of the backups that are the stack's, by their own name, that of their database, or their tags. */
function remnants<T extends Described>(
  scope: StackScope,
  backups: readonly T[],
  named: (backup: T) => {
    kind: string;
    id: string | undefined;
    database: string | undefined;
    removal: string;
  },
): Found[] {
  return backups.flatMap((backup) => {
    const { AllocatedStorage, Status, TagList } = backup;
    const { kind, id = '', database, removal } = named(backup);
    if (!isOwned(scope, id, TagList) && !isOwned(scope, database, TagList)) return [];
    const detail = `of ${AllocatedStorage} GiB of storage, ${Status}`;
    // At most: a snapshot takes what is used of the storage, and no more than has changed since the one before.
    return { kind, id, detail, monthlyUsd: monthlyPrice(scope, 'rds.backup', AllocatedStorage), removal };
  });
}
