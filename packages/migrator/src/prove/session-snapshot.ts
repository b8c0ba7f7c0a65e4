import { modeOfLock, type ObservedLock } from './observed-locks.ts';

/** Not of the ledger, which is told by a column of its own. */
const ofUser = `n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and c.relpersistence <> 't'
  and not exists (select from pg_catalog.pg_attribute l where l.attrelid = c.oid and l.attname = 'down_fingerprint')`;

/**
 * What a session can say about itself, also of what it has not committed: its locks, the files and scans of its tables,
 * and how far the WAL is. Run in the session itself.
 */
export const snapshotSql = `select jsonb_build_object(
  'wal', pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn,
  'relations', (select coalesce(jsonb_object_agg(c.oid, jsonb_build_object('name', format('%I.%I', n.nspname, c.relname),
      'file', pg_relation_filenode(c.oid), 'isTable', c.relkind in ('r', 'p', 'm', 'v', 'f'),
      'scans', case when c.relkind in ('r', 'm') then pg_stat_get_numscans(c.oid) + pg_stat_get_xact_numscans(c.oid) else 0 end)), '{}')
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where ${ofUser}),
  'locks', (select coalesce(jsonb_agg(jsonb_build_array(l.relation, l.mode)), '[]') from pg_catalog.pg_locks l
    where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted))::text`;

/** The locks of another session, as pairs of relation and mode. */
export const locksOfSql = `select l.relation::text as oid, l.mode from pg_catalog.pg_locks l
  where l.pid = $1 and l.locktype = 'relation' and l.granted`;

interface Relation {
  name: string;
  file: number | null;
  isTable: boolean;
  scans: number;
}

/** The state of a session at a moment. */
export interface SessionSnapshot {
  walBytes: number;
  /** By OID. */
  relations: ReadonlyMap<string, Relation>;
  /** The OID of each locked relation, with the mode. */
  locks: readonly (readonly [oid: string, mode: string])[];
}

export function readSnapshot(text: string): SessionSnapshot {
  const { wal, relations, locks } = JSON.parse(text) as {
    wal: number;
    relations: Record<string, Relation>;
    locks: [number, string][];
  };
  return {
    walBytes: Number(wal),
    relations: new Map(Object.entries(relations)),
    locks: locks.map(([oid, mode]) => [`${oid}`, mode] as const),
  };
}

/** The locks of tables and views that others can know: those of `relations`. */
export function tableLocks(
  locks: readonly (readonly [oid: string, mode: string])[],
  relations: SessionSnapshot['relations'],
): ObservedLock[] {
  return locks.flatMap(([oid, name]) => {
    const relation = relations.get(oid);
    const mode = modeOfLock(name);
    return relation?.isTable === true && mode !== undefined ? [{ table: relation.name, mode }] : [];
  });
}

/** Tables and indexes that existed before and have another file now. */
export function rewrittenBetween(before: SessionSnapshot, after: SessionSnapshot): string[] {
  return namesWhere(
    before,
    after,
    (one, other) => one.file !== null && other.file !== null && one.file !== other.file,
  );
}

/** Tables that existed before and were read from end to end. */
export function scannedBetween(before: SessionSnapshot, after: SessionSnapshot): string[] {
  return namesWhere(before, after, (one, other) => other.scans > one.scans);
}

function namesWhere(
  before: SessionSnapshot,
  after: SessionSnapshot,
  test: (before: Relation, after: Relation) => boolean,
): string[] {
  return [...before.relations].flatMap(([oid, one]) => {
    const other = after.relations.get(oid);
    return other !== undefined && test(one, other) ? [one.name] : [];
  });
}
