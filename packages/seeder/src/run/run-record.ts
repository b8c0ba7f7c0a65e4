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

export const recordTable = '_seeder_run';
const lockAttempts = 12;

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
      `select pg_try_advisory_lock(hashtextextended($1, 0)) as locked`,
      [recordTable],
    );
    if (rows[0]?.locked === true) return;
    if (attempt === lockAttempts) {
      throw new UserError('seeding-in-progress', 'Another run is loading data into this database.', {
        hint: 'Wait for it to end, or stop it.',
      });
    }
    await client.query('select pg_sleep(0.25)');
  }
}

/** Whether a session holds that lock: a run is under way, or is being undone. */
export async function isRunsLockHeld(client: Client): Promise<boolean> {
  // A shared lock, and only until the end of the statement: others who look get it too.
  const { rows } = await client.query<{ held: boolean }>(
    `select not pg_try_advisory_xact_lock_shared(hashtextextended($1, 0)) as held`,
    [recordTable],
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
    `select format('%I.%I', n.nspname, c.relname) as table,
            pg_get_userbyid(c.relowner) as role, pg_has_role(c.relowner, current_user, 'MEMBER') as "isTrusted"
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relname = $1 and c.relkind = 'r' and c.relpersistence = 'p' and not c.relispartition
        and not c.relrowsecurity
        and (n.nspname = any (current_schemas(false))
             or pg_has_role(c.relowner, current_user, 'MEMBER') and has_schema_privilege(n.oid, 'USAGE')
                and has_table_privilege(c.oid, 'SELECT'))
        and 2 = (select count(*) from pg_attribute a
                  where a.attrelid = c.oid and (a.attname, a.atttypid) in (('record', 'jsonb'::regtype),
                                                                          ('started_at', 'timestamptz'::regtype)))
      order by n.nspname`,
    [recordTable],
  );
  const runs: FoundRun[] = [];
  for (const { table, role, isTrusted } of found) {
    const { rows } = await client.query<{ record: RunRecord; startedAt: Date }>(
      `select record, started_at as "startedAt" from only ${table}`,
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
    `select bool_and(pg_has_role(relowner, 'USAGE')) as "byUs",
            bool_and(pg_has_role($2::name, relowner, 'USAGE')) as "byLoader"
       from pg_class where oid::text = any ($1::text[])`,
    [tableOids.map(String), loader],
  );
  return { byUs: rows[0]?.byUs ?? true, byLoader: rows[0]?.byLoader ?? false };
}

/** Creates the record's table in the schema of the first planned table, in the caller's transaction. */
export async function storeRun(client: Client, record: RunRecord): Promise<StoredRun> {
  const { rows } = await client.query<{ sql: string }>(
    `select format('%s.%I', relnamespace::regnamespace, $1::text) as sql from pg_class where oid = $2`,
    [recordTable, record.tableOids[0]],
  );
  const table = rows[0]?.sql ?? recordTable;
  await client.query(
    `create table ${table} (started_at timestamptz not null default now(), record jsonb not null)`,
  );
  // The record's SQL is run as this role: default privileges must not let others write into it.
  const { rows: granted } = await client.query<{ privilege: string; grantee: string }>(
    `select g.privilege_type as privilege,
            case g.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(g.grantee)) end as grantee
       from pg_class c cross join aclexplode(c.relacl) g
      where c.oid = $1::regclass and g.grantee <> c.relowner and g.privilege_type <> 'SELECT'`,
    [table],
  );
  for (const { privilege, grantee } of granted) {
    await client.query(`revoke ${privilege} on ${table} from ${grantee}`);
  }
  await client.query(`insert into ${table} (record) values ($1)`, [JSON.stringify(record)]);
  return { table, record };
}

/** Adds the transactions that are about to load, before they can have loaded anything. */
export async function storeTransactionIds(
  client: Client,
  run: StoredRun,
  transactionIds: readonly string[],
): Promise<void> {
  await client.query(`update ${run.table} set record = jsonb_set(record, '{transactionIds}', $1)`, [
    JSON.stringify(transactionIds),
  ]);
}
