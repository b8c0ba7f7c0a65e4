import { setTimeout as delay } from 'node:timers/promises';
import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { standbysOf, type ClusterContext } from './cluster-context.ts';
import type { ClusterNode } from './cluster-file.ts';
import { replicationRole, slotName } from './settings.ts';

/** On the writer: the role that standbys connect as, a slot for each of them, and no slot of any other. */
export async function prepareReplication(context: ClusterContext, client: Client): Promise<void> {
  const role = await client.query('select 1 from pg_roles where rolname = $1', [replicationRole]);
  if (role.rowCount === 0) {
    await client.query(
      `create role ${escapeIdentifier(replicationRole)} login replication password ${escapeLiteral(context.file.replicationPassword)}`,
    );
  }
  const wanted = standbysOf(context).map(slotName);
  const { rows } = await client.query<{ slot_name: string; wal_status: string }>(
    `select slot_name, wal_status from pg_replication_slots where slot_type = 'physical' and slot_name ~ '^node_[0-9]+$'`,
  );
  for (const { slot_name, wal_status } of rows) {
    // A slot whose WAL is gone serves nobody: its standby will be cloned anew.
    if (wanted.includes(slot_name) && wal_status !== 'lost') continue;
    await client.query(
      'select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1 and active',
      [slot_name],
    );
    await client.query('select pg_drop_replication_slot($1)', [slot_name]);
  }
  const present = rows.filter(({ wal_status }) => wal_status !== 'lost').map(({ slot_name }) => slot_name);
  for (const slot of wanted.filter((slot) => !present.includes(slot))) {
    await client.query('select pg_create_physical_replication_slot($1, immediately_reserve => true)', [slot]);
  }
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
 * Asks until `check` says true; false when for 5 s it named nothing new.
 *
 * @param check true, or what tells progress from standing still
 */
async function poll(signal: AbortSignal | undefined, check: () => Promise<true | string>): Promise<boolean> {
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
