import { Socket } from 'node:net';
import { checkDatabaseUrl, redactUrl, UserError } from '@ecommerce-dms/errors';
import { Client, DatabaseError } from 'pg';

/** One reading of a server. Sizes in bytes, times in seconds. */
export interface Reading {
  readonly inRecovery: boolean;
  /** Client connections, without the reading's own. */
  readonly connections: number;
  /** Sessions and parallel workers that run a statement at this moment, without the reading's own. */
  readonly activeSessions: number;
  readonly usedStorage: number;
  readonly wal: number;
  /** Sum over all databases since statistics were reset. */
  readonly deadlocks: number;
  /** Sessions by which a worker leads. */
  readonly leadingWorkers: number;
  /** Age of the oldest transaction id that is not frozen. */
  readonly transactionIdAge: number;
  /** `null` on a standby, as the next. */
  readonly checkpointLag: number | null;
  readonly slotLag: number | null;
  /** -1 when nothing is received, as in CloudWatch; `null` on a writer, and until a transaction is replayed. */
  readonly replicaLag: number | null;
}

// A checkpoint with nothing to write is skipped, so on an idle server its time alone says nothing: with less WAL than
// one segment since, recovery has nothing to do and the lag counts as 0. Likewise nothing is replayed on a standby
// of an idle writer: where all that was received is replayed, its lag is 0. Storage is summed by tablespace: it counts
// temporary files, and a database that is dropped meanwhile is no error.
const query = `
select
  pg_is_in_recovery() as "inRecovery",
  (select count(*) from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid())::float8 as "connections",
  (select count(*) from pg_stat_activity
    where state = 'active' and backend_type in ('client backend', 'parallel worker')
      and pid <> pg_backend_pid())::float8 as "activeSessions",
  wal.bytes + (select sum(pg_tablespace_size(oid)) from pg_tablespace)::float8 as "usedStorage",
  wal.bytes as "wal",
  (select count(*) from pg_stat_activity where application_name like '%worker leader%')::float8 as "leadingWorkers",
  (select coalesce(sum(deadlocks), 0) from pg_stat_database)::float8 as "deadlocks",
  (select max(age(datfrozenxid)) from pg_database)::float8 as "transactionIdAge",
  case
    when pg_is_in_recovery() then null
    else (select case when pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn) < pg_size_bytes(current_setting('wal_segment_size')) then 0
      else extract(epoch from clock_timestamp() - checkpoint_time) end from pg_control_checkpoint())
  end::float8 as "checkpointLag",
  case
    when pg_is_in_recovery() then null
    else (select coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0) from pg_replication_slots)
  end::float8 as "slotLag",
  case
    when not pg_is_in_recovery() then null
    when not exists (select from pg_stat_wal_receiver where status = 'streaming') then -1
    when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
    else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())
  end::float8 as "replicaLag"
from (select coalesce(sum(size), 0)::float8 as bytes from pg_ls_waldir()) as wal`;

/**
 * Reads everything in one statement on a connection of its own, so that each reading shows whether the server answers.
 * The role needs `pg_monitor`. PostgreSQL 15 to 18.
 *
 * @returns why there is no reading, as text, where the server does not answer or takes no connection
 * @throws UserError `invalid-database-url`: the URL can't be read
 * @throws UserError `monitoring-refused`: the server refuses the login, the database or the right
 * @throws the signal's reason when aborted
 */
export async function readSignals(url: string, signal: AbortSignal): Promise<Reading | string> {
  signal.throwIfAborted();
  checkDatabaseUrl(url);
  const socket = new Socket();
  const client = new Client({
    connectionString: url,
    stream: () => socket,
    application_name: 'dms alarms',
    connectionTimeoutMillis: 2000,
    query_timeout: 5000,
  });
  // A lost connection rejects the query below; without a listener it would also end the process.
  client.on('error', () => {});
  // Ends a connection attempt or a statement at once, where a server hangs.
  const abort = () => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
    const { rows } = await client.query<Reading>(query);
    const [reading] = rows;
    return reading ?? 'the server returned no row';
  } catch (error) {
    signal.throwIfAborted();
    return unreachableReason(url, error);
  } finally {
    signal.removeEventListener('abort', abort);
    await client.end();
  }
}

/** Why the server gives no reading; throws what is not an outage but a matter of rights, or a defect. */
function unreachableReason(url: string, error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if (!(error instanceof DatabaseError))
    return error.message === '' ? String(Reflect.get(error, 'code')) : error.message;
  // 08 connection, 53 resources (too many connections), 57 shutting down, starting up or cancelled.
  if (['08', '53', '57'].includes(error.code?.slice(0, 2) ?? '')) return error.message;
  throw new UserError('monitoring-refused', `${redactUrl(url)} refuses to be monitored: ${error.message}`, {
    cause: error,
    hint: 'Use an existing database, and a role that may log in and has pg_monitor: GRANT pg_monitor TO <role>.',
  });
}
