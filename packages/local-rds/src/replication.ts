import { setTimeout as delay } from 'node:timers/promises';
import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { standbysOf, type ClusterContext } from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';
import { replicationRole, slotName } from './settings.ts';

/**
 * On the writer: the role that standbys connect as, a slot for each of them, and no slot of any other.
 *
 * @returns the standbys that were stopped for so long that their WAL is gone
 */
export async function prepareReplication(context: ClusterContext, client: Client): Promise<ClusterNode[]> {
  await createRole(client, context.file.replicationPassword);
  const standbys = standbysOf(context);
  const { rows } = await client.query<{ slot_name: string; wal_status: string }>(
    `select slot_name, wal_status from pg_replication_slots where slot_type = 'physical' and slot_name ~ '^node_[0-9]+$'`,
  );
  const lost = rows.filter(({ wal_status }) => wal_status === 'lost').map(({ slot_name }) => slot_name);
  const present = rows.map(({ slot_name }) => slot_name).filter((slot) => !lost.includes(slot));
  const wanted = standbys.map(slotName);
  for (const slot of [...lost, ...present.filter((slot) => !wanted.includes(slot))]) {
    await client.query(
      'select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = $1 and active',
      [slot],
    );
    await client.query('select pg_drop_replication_slot($1)', [slot]);
  }
  for (const slot of wanted.filter((slot) => !present.includes(slot))) {
    await client.query('select pg_create_physical_replication_slot($1, immediately_reserve => true)', [slot]);
  }
  return standbys.filter((node) => lost.includes(slotName(node)));
}

async function createRole(client: Client, password: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [replicationRole]);
  if (rowCount) return;
  const role = escapeIdentifier(replicationRole);
  await client.query(`create role ${role} login replication password ${escapeLiteral(password)}`);
}

/** Waits until a standby streams; false when it does not: it is broken, or its history has diverged. */
export async function streams(client: Client, node: ClusterNode, signal?: AbortSignal): Promise<boolean> {
  return await poll(signal, async () => {
    const { rows } = await client.query<{ state: string; replay_lsn: string | null }>(
      'select state, replay_lsn from pg_stat_replication where application_name = $1',
      [node.name],
    );
    return rows[0]?.state === 'streaming' || String(rows[0]?.replay_lsn);
  });
}

/**
 * Waits until commits wait for the standby (when `synchronous`), and it has what was committed before they did;
 * false when it falls silent meanwhile.
 */
export async function joins(
  client: Client,
  node: ClusterNode,
  synchronous: boolean,
  signal?: AbortSignal,
): Promise<boolean> {
  if (synchronous) {
    await poll(signal, async () => {
      const { rows } = await client.query<{ synchronous_standby_names: string }>(
        'show synchronous_standby_names',
      );
      return rows[0]?.synchronous_standby_names.includes(`"${node.name}"`) || '';
    });
  }
  // It is the checkpointer that makes commits wait: once it did our checkpoint, it has read the new setting.
  await client.query('checkpoint');
  const { rows } = await client.query<{ lsn: string }>('select pg_current_wal_flush_lsn() as lsn');
  return await poll(signal, async () => {
    const replication = await client.query<{ flush_lsn: string; done: boolean }>(
      'select flush_lsn, flush_lsn >= $2::pg_lsn as done from pg_stat_replication where application_name = $1',
      [node.name, rows[0]?.lsn],
    );
    return replication.rows[0]?.done || String(replication.rows[0]?.flush_lsn);
  });
}

/**
 * Asks until `check` says true; false when it gave no new text for 5 s.
 *
 * @param check true, or a text that changes while there is progress
 */
export async function poll(
  signal: AbortSignal | undefined,
  check: () => Promise<true | string>,
): Promise<boolean> {
  const patienceMs = 5000;
  const seen = new Set<string>();
  for (let since = performance.now(); performance.now() - since < patienceMs; await delay(10)) {
    signal?.throwIfAborted();
    const answer = await check();
    if (answer === true) return true;
    if (!seen.has(answer)) since = performance.now();
    seen.add(answer);
  }
  return false;
}
