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

/** Takes the session lock that lets one run at a time work in a database. A killed run's lock goes within a second. */
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
  const { rows } = await client.query<{ held: boolean }>(
    `SELECT EXISTS (
       SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND objsubid = 1
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND (classid::int8 << 32) | objid::int8 = hashtextextended($1, 0)
     ) AS held`,
    [RECORD_TABLE],
  );
  return rows[0]?.held === true;
}

/** The run that is recorded in the database, if there is one. */
export async function findRun(client: Client): Promise<StoredRun | undefined> {
  const found = await client.query<{ sql: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS sql
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = $1 AND c.relkind = 'r'`,
    [RECORD_TABLE],
  );
  const table = found.rows[0]?.sql;
  if (table === undefined) return undefined;
  const { rows } = await client.query<{ record: RunRecord }>(`SELECT record FROM ${table}`);
  return rows[0] && { table, record: rows[0].record };
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
