import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import { withAdmin } from './admin-client.ts';
import { openContext, serverOf, standbysOf, writerOf, type ClusterContext } from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';
import { keptDirectories } from './kept-data.ts';
import { readPostmaster } from './postmaster-file.ts';

/** One server, as it is now. What does not apply, or cannot be known, is null. */
export interface NodeStatus {
  name: string;
  role: 'writer' | 'standby';
  /** On 127.0.0.1. */
  port: number;
  /** Whether it answers queries. */
  running: boolean;
  pid: number | null;
  /**
   * Whether its folder or its programs were moved since it was started: it cannot read its configuration, and a writer
   * ends at its next checkpoint. `startCluster` restarts it.
   */
  displaced: boolean;
  /** `18.4`. */
  version: string | null;
  /** Of a standby: bytes of the writer's WAL that it has not replayed. */
  lagBytes: number | null;
  /** Of a standby: age of the last commit it has replayed; 0 when it has replayed all. */
  lagSeconds: number | null;
  /** Of a standby that streams: whether commits wait for it (`sync`, `quorum`), may (`potential`), or do not (`async`). */
  syncState: 'sync' | 'quorum' | 'potential' | 'async' | null;
}

export interface ClusterStatus {
  directory: string;
  /** Whether commits wait for a standby. */
  synchronous: boolean;
  /** The writer first. */
  nodes: NodeStatus[];
  /** Where the data of a former writer is kept that had WAL which its successor has not: see `failover`. */
  keptDirectory: string | null;
}

/**
 * Reads the state of the cluster in a folder, running or not. It changes nothing.
 *
 * @throws UserError `server-unidentified`: a process may be one of the servers, or another program.
 * @throws UserError those of `openCluster`.
 * @example
 * ```ts
 * const { nodes } = await clusterStatus('.data/postgres');
 * for (const { name, role, port, lagBytes } of nodes) console.log(name, role, port, lagBytes);
 * ```
 */
export async function clusterStatus(directory: string): Promise<ClusterStatus> {
  const context = await openContext(directory);
  if (!context) throw noCluster(directory);
  const writer = writerOf(context);
  const replication = await ask(context, writer, readReplication);
  const nodes = [writer, ...standbysOf(context)].map((node) => nodeStatus(context, node, replication ?? []));
  return {
    directory: context.directory,
    synchronous: context.file.synchronous,
    nodes: await Promise.all(nodes),
    keptDirectory: (await keptDirectories(context)).at(-1) ?? null,
  };
}

export function noCluster(directory: string): UserError {
  return new UserError('cluster-not-found', `There is no cluster in ${directory}.`, {
    hint: 'Start it first.',
  });
}

interface ReplicationRow {
  name: string;
  lag_bytes: number | null;
  sync_state: NodeStatus['syncState'];
}

async function readReplication(client: Client): Promise<ReplicationRow[]> {
  const { rows } = await client.query<ReplicationRow>(
    `select application_name as name, sync_state,
            pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::float8 as lag_bytes
       from pg_stat_replication`,
  );
  return rows;
}

async function nodeStatus(
  context: ClusterContext,
  node: ClusterNode,
  replication: ReplicationRow[],
): Promise<NodeStatus> {
  const role = node.name === context.file.writer ? 'writer' : 'standby';
  const stream = replication.find(({ name }) => name === node.name);
  const lagBytes = stream?.lag_bytes ?? null;
  const answer = await ask(context, node, async (client) => {
    const { rows } = await client.query<{ version: string; age: number | null }>(
      `select split_part(current_setting('server_version'), ' ', 1) as version,
              extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 as age`,
    );
    return rows[0];
  });
  const postmaster = await readPostmaster(serverOf(context, node).data);
  return {
    name: node.name,
    role,
    port: node.port,
    running: answer !== undefined,
    pid: postmaster?.pid ?? null,
    displaced: postmaster?.isDisplaced === true,
    version: answer?.version ?? null,
    lagBytes: role === 'standby' ? lagBytes : null,
    lagSeconds: role === 'writer' || lagBytes === null ? null : lagBytes <= 0 ? 0 : (answer?.age ?? null),
    syncState: stream?.sync_state ?? null,
  };
}

/** A query of the superuser; undefined when the server is down or does not answer. */
async function ask<Answer>(
  context: ClusterContext,
  node: ClusterNode,
  query: (client: Client) => Promise<Answer>,
): Promise<Answer | undefined> {
  if (!(await readPostmaster(serverOf(context, node).data))) return undefined;
  return await withAdmin(node.port, context.file.superuserPassword, query).catch(() => undefined);
}
