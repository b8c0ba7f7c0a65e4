import type { JsonObject } from '../model/stack-json.ts';
import { text } from '../model/stack-model.ts';

/** A type of resource whose deletion can't be undone, or takes a database with it. */
export interface GuardedType {
  /** Attribute with the name that people know it by. */
  readonly nameAttribute?: string;
  /** What is lost. */
  readonly loss: (before: JsonObject) => string;
}

const instanceLoss = (before: JsonObject): string =>
  isReplica(before)
    ? 'The replica is deleted: its readers have no server until there is another.'
    : databaseLoss(before);

const keyLoss = (): string =>
  'The key is scheduled for deletion: from then on nothing that it encrypts can be read, backups and snapshots included.';

const snapshotLoss = (): string => 'The snapshot is deleted, and with it the data as it was then.';

/** By type of Terraform's resource. */
export const guardedTypes: Readonly<Record<string, GuardedType>> = {
  aws_db_instance: { nameAttribute: 'identifier', loss: instanceLoss },
  aws_rds_cluster: { nameAttribute: 'cluster_identifier', loss: databaseLoss },
  aws_rds_cluster_instance: {
    nameAttribute: 'identifier',
    loss: () =>
      'The cluster loses a server: its connections break, and a reader takes over if it was the writer.',
  },
  aws_db_subnet_group: {
    nameAttribute: 'name',
    loss: () =>
      'A database cannot leave its subnet group: it is replaced with the group, or the apply fails.',
  },
  aws_kms_key: { loss: keyLoss },
  aws_kms_replica_key: { loss: keyLoss },
  aws_subnet: {
    loss: () =>
      'What runs in the subnet is deleted with it, or blocks its deletion half-way through the apply.',
  },
  aws_vpc: { loss: () => 'The network is deleted, with everything in it.' },
  aws_backup_vault: {
    nameAttribute: 'name',
    loss: () => 'Its recovery points are lost, or block its deletion half-way through the apply.',
  },
  aws_db_snapshot: {
    nameAttribute: 'db_snapshot_identifier',
    loss: snapshotLoss,
  },
  aws_db_cluster_snapshot: {
    nameAttribute: 'db_cluster_snapshot_identifier',
    loss: snapshotLoss,
  },
  aws_s3_bucket: {
    nameAttribute: 'bucket',
    loss: () => 'Its objects are lost, such as the state of every stack that is kept in it.',
  },
};

/** What is lost with a database, and what is kept of it. */
function databaseLoss(before: JsonObject): string {
  const snapshot = text(before['final_snapshot_identifier']);
  const kept =
    before['skip_final_snapshot'] === true || snapshot === undefined
      ? 'without a final snapshot'
      : `after the final snapshot ${snapshot}`;
  // RDS deletes them unless it is told otherwise.
  const backups = before['delete_automated_backups'] === false ? 'kept' : 'deleted with it';
  return `The database and its data are deleted, ${kept}. Its automated backups are ${backups}.`;
}

function isReplica(before: JsonObject): boolean {
  return (text(before['replicate_source_db']) ?? '') !== '';
}
