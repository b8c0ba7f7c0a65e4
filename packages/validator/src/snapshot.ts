import type { Session } from './session.ts';
import { literal } from './sql-text.ts';

/** The one state of the database that all sessions of a run see. */
export interface Snapshot {
  id: string;
  lsn: string;
  role: 'writer' | 'standby';
  version: string;
  database: string;
}

const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** Takes a snapshot and exports it. It lives as long as the session's transaction. */
export async function takeSnapshot(session: Session): Promise<Snapshot> {
  await session.query(begin);
  const [row] = await session.query<Snapshot>(
    `select pg_export_snapshot() as id, current_setting('server_version') as version, current_database() as database,
       case when pg_is_in_recovery() then 'standby' else 'writer' end as role,
       case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end::text as lsn`,
  );
  if (row === undefined) throw new Error('pg_export_snapshot() returned no row');
  return row;
}

/** Makes a further session see an exported snapshot. */
export async function importSnapshot(session: Session, snapshot: Snapshot): Promise<void> {
  await session.query(begin);
  await session.query(`set transaction snapshot ${literal(snapshot.id)}`);
}
