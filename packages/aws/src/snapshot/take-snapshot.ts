import { setTimeout } from 'node:timers/promises';
import { UserError } from '@ecommerce-dms/errors';
import {
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';

export interface SnapshotOptions {
  readonly region: string;
  readonly database: DatabaseIdentity;
  /** Identifier of the snapshot: letters, digits and single hyphens. It must be new. */
  readonly snapshot: string;
  /** Tags of the snapshot by name. Default: those of the database, where RDS copies them. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Ends the wait when it aborts; RDS goes on with the snapshot. */
  readonly signal?: AbortSignal;
  /** Called with a line on how far it is. Default none. */
  readonly onProgress?: (text: string) => void;
  /** Time between two requests for the state of the snapshot. Default 10000. */
  readonly pollMs?: number;
}

export interface DatabaseIdentity {
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
}

export interface TakenSnapshot {
  readonly identifier: string;
  readonly arn: string;
  /** When RDS made it; undefined when RDS does not say. */
  readonly createdAt: string | undefined;
  /** Size of the database's storage. */
  readonly sizeGib: number;
}

interface SnapshotState extends TakenSnapshot {
  status: string;
  percent: number;
}

/**
 * Takes a snapshot of an instance or a cluster, and waits until you can restore from it.
 *
 * @throws UserError `snapshot-refused`: RDS takes no snapshot of the database now.
 * @throws UserError `snapshot-failed`: the snapshot was begun, and did not become available or can't be looked at.
 * @example
 * ```ts
 * const { arn } = await takeSnapshot({
 *   region: 'eu-west-1',
 *   database: { kind: 'instance', identifier: 'billing-production' },
 *   snapshot: 'billing-production-before-release-42',
 * });
 * ```
 */
export async function takeSnapshot(options: SnapshotOptions): Promise<TakenSnapshot> {
  const { region, database, snapshot, signal, onProgress, pollMs = 10_000 } = options;
  const client = new RDSClient({ region });
  await create(client, options).catch((error: Error) => {
    throw new UserError(
      'snapshot-refused',
      `RDS takes no snapshot of '${database.identifier}' in ${region}: ${error.message}`,
      { hint: 'A database that is being changed takes one as soon as it is available again.', cause: error },
    );
  });
  for (;;) {
    const { status, percent, ...taken } = await describe(client, database.kind, snapshot).catch(
      (error: Error) => {
        throw new UserError(
          'snapshot-failed',
          `The snapshot '${snapshot}' in ${region} was begun, and cannot be looked at: ${error.message}`,
          { hint: 'RDS goes on with it: look at it in the RDS console.', cause: error },
        );
      },
    );
    if (status === 'available') return taken;
    if (status !== 'creating') {
      throw new UserError('snapshot-failed', `The snapshot '${snapshot}' in ${region} is ${status}.`, {
        hint: 'The events of the database in the RDS console say why.',
      });
    }
    onProgress?.(`${snapshot}: ${percent} %`);
    await setTimeout(pollMs, undefined, { signal });
  }
}

async function create(client: RDSClient, { database, snapshot, tags = {} }: SnapshotOptions): Promise<void> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { identifier } = database;
  if (database.kind === 'instance') {
    await client.send(
      new CreateDBSnapshotCommand({ DBInstanceIdentifier: identifier, DBSnapshotIdentifier: snapshot, Tags }),
    );
    return;
  }
  await client.send(
    new CreateDBClusterSnapshotCommand({
      DBClusterIdentifier: identifier,
      DBClusterSnapshotIdentifier: snapshot,
      Tags,
    }),
  );
}

async function describe(
  client: RDSClient,
  kind: DatabaseIdentity['kind'],
  identifier: string,
): Promise<SnapshotState> {
  if (kind === 'instance') {
    const { DBSnapshots: [found] = [] } = await client.send(
      new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: identifier }),
    );
    return stateOf(identifier, found, found?.DBSnapshotArn);
  }
  const { DBClusterSnapshots: [found] = [] } = await client.send(
    new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier: identifier }),
  );
  return stateOf(identifier, found, found?.DBClusterSnapshotArn);
}

interface Described {
  SnapshotCreateTime?: Date;
  AllocatedStorage?: number;
  Status?: string;
  PercentProgress?: number;
}

function stateOf(identifier: string, found: Described | undefined, arn = ''): SnapshotState {
  return {
    identifier,
    arn,
    createdAt: found?.SnapshotCreateTime?.toISOString(),
    sizeGib: found?.AllocatedStorage ?? 0,
    status: found?.Status ?? 'gone',
    percent: found?.PercentProgress ?? 0,
  };
}
