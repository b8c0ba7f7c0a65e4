import type { ResourceChange } from '@ecommerce-dms/stack';
import { expect, test } from 'vitest';
import { doomedDatabases } from './release-databases.ts';

function deleted(type: string, before: ResourceChange['change']['before']): ResourceChange {
  return {
    address: `${type}.it`,
    mode: 'managed',
    type,
    change: { actions: ['delete'], before, after: null },
  };
}

const writer = deleted('aws_db_instance', {
  identifier: 'shop',
  deletion_protection: true,
  skip_final_snapshot: false,
  final_snapshot_identifier: 'shop-final',
  delete_automated_backups: false,
});

test('a database with a final snapshot gets one of a new name, loses its protection and its backups', () => {
  expect(doomedDatabases([writer], '20261122t100000z')).toMatchObject([
    {
      address: 'aws_db_instance.it',
      identifier: 'shop',
      isProtected: true,
      after: {
        deletion_protection: false,
        skip_final_snapshot: false,
        final_snapshot_identifier: 'shop-final-20261122t100000z',
        delete_automated_backups: true,
      },
    },
  ]);
});

test('without a time there is no snapshot', () => {
  expect(doomedDatabases([writer], undefined)).toMatchObject([
    { after: { skip_final_snapshot: true, final_snapshot_identifier: undefined } },
  ]);
});

test('a replica, and a database that was applied without, gets none', () => {
  const replica = deleted('aws_db_instance', { identifier: 'shop-replica-1', skip_final_snapshot: true });
  expect(doomedDatabases([replica], '20261122t100000z')).toMatchObject([
    { identifier: 'shop-replica-1', after: { skip_final_snapshot: true } },
  ]);
});

test('a cluster goes by its own identifier; what is no database is left alone', () => {
  const changes = [
    deleted('aws_rds_cluster', { cluster_identifier: 'shop-cluster', deletion_protection: true }),
    deleted('aws_vpc', {}),
  ];
  expect(doomedDatabases(changes, '20261122t100000z')).toMatchObject([
    { identifier: 'shop-cluster', isProtected: true },
  ]);
});
