import {
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBSnapshots,
  RDSClient,
} from '@aws-sdk/client-rds';
import { monthlyPrice } from './monthly-price.ts';
import { allOf, type Finder, isOwned, type Remnant } from './remnant.ts';

/** AWS lists a snapshot under one of them. */
const snapshotTypes = ['manual', 'automated', 'awsbackup'] as const;

interface Snapshot {
  id: string | undefined;
  /** The database that it is of. */
  source: string | undefined;
  tags: { Key?: string; Value?: string }[] | undefined;
  sizeGib: number | undefined;
  status: string | undefined;
}

/** Snapshots of instances: by hand, automated, and of AWS Backup. */
export const instanceSnapshots: Finder = (scope) =>
  ofEachType(async (SnapshotType) => {
    const client = new RDSClient({ region: scope.region });
    const snapshots = await allOf(
      paginateDescribeDBSnapshots({ client }, { SnapshotType }),
      (page) => page.DBSnapshots,
    );
    return remnants(
      scope,
      SnapshotType,
      'aws rds delete-db-snapshot --db-snapshot-identifier',
      snapshots.map((snapshot) => ({
        id: snapshot.DBSnapshotIdentifier,
        source: snapshot.DBInstanceIdentifier,
        tags: snapshot.TagList,
        sizeGib: snapshot.AllocatedStorage,
        status: snapshot.Status,
      })),
    );
  });

/** Snapshots of clusters: by hand, automated, and of AWS Backup. */
export const clusterSnapshots: Finder = (scope) =>
  ofEachType(async (SnapshotType) => {
    const client = new RDSClient({ region: scope.region });
    const snapshots = await allOf(
      paginateDescribeDBClusterSnapshots({ client }, { SnapshotType }),
      (page) => page.DBClusterSnapshots,
    );
    return remnants(
      scope,
      SnapshotType,
      'aws rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier',
      snapshots.map((snapshot) => ({
        id: snapshot.DBClusterSnapshotIdentifier,
        source: snapshot.DBClusterIdentifier,
        tags: snapshot.TagList,
        sizeGib: snapshot.AllocatedStorage,
        status: snapshot.Status,
      })),
    );
  });

async function ofEachType(
  list: (type: (typeof snapshotTypes)[number]) => Promise<Remnant[]>,
): Promise<Remnant[]> {
  return (await Promise.all(snapshotTypes.map(list))).flat();
}

function remnants(
  scope: Parameters<Finder>[0],
  type: string,
  removal: string,
  snapshots: readonly Snapshot[],
): Remnant[] {
  const { region } = scope;
  return snapshots
    .filter(({ id, source, tags }) => isOwned(scope, id, tags) || isOwned(scope, source, tags))
    .map(({ id = '', sizeGib, status }) => ({
      kind: `${type} snapshot`,
      id,
      region,
      detail: `of ${sizeGib} GiB of storage, ${status}`,
      charged: true,
      // At most: a snapshot takes what is used of the storage, and no more than has changed since the one before.
      monthlyUsd: monthlyPrice(scope, 'rds.backup', sizeGib),
      removal: `${removal} ${id} --region ${region}`,
    }));
}
