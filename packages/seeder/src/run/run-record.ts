import { UserError } from '@ecommerce-dms/errors';
import type { Client } from 'pg';
import type { Dependent } from '../catalog/dependents.ts';

/**
 * What undoes a run. It is written in the transaction that sets the constraints aside, and removed in the one that
 * ends the run: while it exists, a run is under way or was cut off.
 */
export interface RunRecord {
  plan: string;
  /** Quoted names of the tables that undoing truncates: they were empty. */
  truncate: readonly string[];
  /** Quoted names of the tables from which undoing deletes what the run's transactions wrote. */
  remove: readonly string[];
  tableOids: readonly number[];
  dependents: readonly Dependent[];
  /** The catalog before the run. */
  catalog: readonly string[];
  /** Transactions that load rows, as text of type xid8. */
  transactionIds: readonly string[];
}

export const RECORD_TABLE = '_seeder_run';
const LOCK_ATTEMPTS = 12;

/** A run's record and where it is. */
export interface StoredRun {
  /** Quoted, with its schema. */
  table: string;
  record: RunRecord;
}

/**
 * Takes the session lock that allows one run at a time in a database. A killed run's lock is released within a second.
 *
 * @throws UserError `seeding-in-progress`
 */
export async function lockRuns(client: Client): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { rows } = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked`,
      [RECORD_TABLE],
    );
    if (rows[0]?.locked === true) return;
    if (attempt === LOCK_ATTEMPTS) {
      throw new UserError('seeding-in-progress', 'Another run is loading data into this database.', {
        hint: 'Wait for it to end, or stop it.',
      });
    }
    await client.query('SELECT pg_sleep(0.25)');
  }
}

/** Whether a session holds that lock: a run is under way, or is being undone. */
export async function isRunsLockHeld(client: Client): Promise<boolean> {
  // A shared lock, and only until the end of the statement: others who look get it too.
  const { rows } = await client.query<{ held: boolean }>(
    `SELECT NOT pg_try_advisory_xact_lock_shared(hashtextextended($1, 0)) AS held`,
    [RECORD_TABLE],
  );
  return rows[0]?.held === true;
}

/** A record that was found, and whether this session may act on it. */
export interface FoundRun extends StoredRun {
  startedAt: Date;
  /** The role that loaded. */
  role: string;
  /** Whether it may be undone by this role: all of the record's SQL is run as this role. */
  isOurs: boolean;
}

/**
 * The run that is recorded in the database, if there is one: of several the first by schema. Anybody who may create a
 * table can make one of that name. So one is ours only when its owner is this role, or could act as it anyway, and all
 * of its tables are this role's to alter.
 *
 * One that is not ours is found where it lies on the search path and its owner owns the tables that it names, since it
 * is about tables that this role uses; elsewhere it is another team's.
 */
export async function findRun(client: Client): Promise<FoundRun | undefined> {
  // A policy of row-level security would run its owner's functions as this role.
  const { rows: found } = await client.query<{ table: string; role: string; isTrusted: boolean }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS table,
            pg_get_userbyid(c.relowner) AS role, pg_has_role(c.relowner, current_user, 'MEMBER') AS "isTrusted"
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = $1 AND c.relkind = 'r' AND c.relpersistence = 'p' AND NOT c.relispartition
        AND NOT c.relrowsecurity
        AND (n.nspname = ANY (current_schemas(false))
             OR pg_has_role(c.relowner, current_user, 'MEMBER') AND has_schema_privilege(n.oid, 'USAGE')
                AND has_table_privilege(c.oid, 'SELECT'))
        AND 2 = (SELECT count(*) FROM pg_attribute a
                  WHERE a.attrelid = c.oid AND (a.attname, a.atttypid) IN (('record', 'jsonb'::regtype),
                                                                          ('started_at', 'timestamptz'::regtype)))
      ORDER BY n.nspname`,
    [RECORD_TABLE],
  );
  const runs: FoundRun[] = [];
  for (const { table, role, isTrusted } of found) {
    const { rows } = await client.query<{ record: RunRecord; startedAt: Date }>(
      `SELECT record, started_at AS "startedAt" FROM ONLY ${table}`,
    );
    const [row] = rows;
    if (row === undefined || !Array.isArray(row.record.tableOids)) continue;
    const owned = await ownersOf(client, row.record.tableOids, role);
    const isOurs = isTrusted && owned.byUs;
    if (isOurs || owned.byLoader) runs.push({ table, ...row, role, isOurs });
  }
  return runs.find(({ isOurs }) => isOurs) ?? runs[0];
}

/** Whether this role, and the one that loaded, own all of the tables that are there still, or act as their owners. */
async function ownersOf(
  client: Client,
  tableOids: readonly number[],
  loader: string,
): Promise<{ byUs: boolean; byLoader: boolean }> {
  const { rows } = await client.query<{ byUs: boolean | null; byLoader: boolean | null }>(
    `SELECT bool_and(pg_has_role(relowner, 'USAGE')) AS "byUs",
            bool_and(pg_has_role($2::name, relowner, 'USAGE')) AS "byLoader"
       FROM pg_class WHERE oid::text = ANY ($1::text[])`,
    [tableOids.map(String), loader],
  );
  return { byUs: rows[0]?.byUs ?? true, byLoader: rows[0]?.byLoader ?? false };
}

/** Creates the record's table in the schema of the first planned table, in the caller's transaction. */
export async function storeRun(client: Client, record: RunRecord): Promise<StoredRun> {
  const { rows } = await client.query<{ sql: string }>(
    `SELECT format('%s.%I', relnamespace::regnamespace, $1::text) AS sql FROM pg_class WHERE oid = $2`,
    [RECORD_TABLE, record.tableOids[0]],
  );
  const table = rows[0]?.sql ?? RECORD_TABLE;
  await client.query(
    `CREATE TABLE ${table} (started_at timestamptz NOT NULL DEFAULT now(), record jsonb NOT NULL)`,
  );
  // The record's SQL is run as this role: default privileges must not let others write into it.
  const { rows: granted } = await client.query<{ privilege: string; grantee: string }>(
    `SELECT g.privilege_type AS privilege,
            CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END AS grantee
       FROM pg_class c CROSS JOIN aclexplode(c.relacl) g
      WHERE c.oid = $1::regclass AND g.grantee <> c.relowner AND g.privilege_type <> 'SELECT'`,
    [table],
  );
  for (const { privilege, grantee } of granted) {
    await client.query(`REVOKE ${privilege} ON ${table} FROM ${grantee}`);
  }
  await client.query(`INSERT INTO ${table} (record) VALUES ($1)`, [JSON.stringify(record)]);
  return { table, record };
}

/** Adds the transactions that are about to load, before they can have loaded anything. */
export async function storeTransactionIds(
  client: Client,
  run: StoredRun,
  transactionIds: readonly string[],
): Promise<void> {
  await client.query(`UPDATE ${run.table} SET record = jsonb_set(record, '{transactionIds}', $1)`, [
    JSON.stringify(transactionIds),
  ]);
}
