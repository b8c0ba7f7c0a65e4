import type { Ledger, Queryable } from '../ledger.ts';
import { qualifiedName } from '../identifiers.ts';
import { sqlState } from '../sql-state.ts';
import type { BackfillSession } from './session.ts';

/** How far a backfill has got. */
export interface BackfillProgress {
  name: string;
  /** Of the statement that it was begun with. */
  fingerprint: string;
  state: 'running' | 'finished' | 'failed';
  /** Through the table, from 1. */
  pass: number;
  /** The key of the last row of the last batch, as text; null at the beginning of a pass. */
  lastKey: readonly string[] | null;
  /** Rows that this pass has looked at. */
  rowsSeen: number;
  /** Rows that this pass has changed, and those that it has left to the next one because they were locked. */
  passChanged: number;
  passSkipped: number;
  /** Rows that all passes have changed. */
  rowsChanged: number;
  /** Rows of the table when it was begun, by the statistics; null where there were none. */
  rowsEstimated: number | null;
  startedAt: Date;
  finishedAt: Date | null;
}

/** What a batch changes of it. */
export type BatchProgress = Omit<
  BackfillProgress,
  'name' | 'fingerprint' | 'startedAt' | 'finishedAt' | 'rowsEstimated'
>;

/** Beside the ledger: `migration_backfill` for `migration_ledger`, else `done_backfill` for `done`. */
export function progressTableOf(ledger: Ledger): string {
  const { schemaName, tableName } = ledger.getTableName();
  return qualifiedName([schemaName, progressTableName(tableName)]);
}

/** @param ledgerTable the name of the ledger's table, in whose schema it is */
export function progressTableName(ledgerTable: string): string {
  const name = ledgerTable.slice(ledgerTable.lastIndexOf('.') + 1);
  return `${name.replace(/_ledger$/, '').slice(0, 50)}_backfill`;
}

/** The progress of all backfills that were begun; none when there is no table. Creates nothing. */
export async function readProgress(session: Queryable, table: string): Promise<BackfillProgress[]> {
  const [found] = await session.query('select to_regclass(?) is not null as exists', [table]);
  if (found?.['exists'] !== true) return [];
  const rows = await session.query(
    `select name, fingerprint, state, pass, last_key::text as last_key, rows_seen, pass_changed, pass_skipped, rows_changed,
       rows_estimated, started_at, finished_at from ${table} order by name`,
  );
  return rows.map((row) => ({
    name: String(row['name']),
    fingerprint: String(row['fingerprint']),
    state: row['state'] as BackfillProgress['state'],
    pass: Number(row['pass']),
    lastKey: row['last_key'] === null ? null : (JSON.parse(String(row['last_key'])) as string[]),
    rowsSeen: Number(row['rows_seen']),
    passChanged: Number(row['pass_changed']),
    passSkipped: Number(row['pass_skipped']),
    rowsChanged: Number(row['rows_changed']),
    rowsEstimated: row['rows_estimated'] === null ? null : Number(row['rows_estimated']),
    startedAt: new Date(String(row['started_at'])),
    finishedAt: row['finished_at'] === null ? null : new Date(String(row['finished_at'])),
  }));
}

/** Creates the table unless it exists; another backfill may do so at the same time. */
export async function ensureProgressTable(session: BackfillSession, table: string): Promise<void> {
  const [found] = await session.run('select to_regclass($1) is not null as exists', [table]);
  if (found?.['exists'] === true) return;
  await session.run(createSql(table)).catch((error: unknown) => {
    // duplicate_table, and the same found out by a unique index of the catalog
    if (!['42P07', '23505'].includes(sqlState(error) ?? '')) throw error;
  });
}

/** Records that a backfill begins, at the first row, whatever was recorded of it before. */
export async function beginProgress(
  session: BackfillSession,
  table: string,
  { name, fingerprint, rowsEstimated }: Pick<BackfillProgress, 'name' | 'fingerprint' | 'rowsEstimated'>,
): Promise<void> {
  await session.run(
    `insert into ${table} (name, fingerprint, state, pass, rows_estimated) values ($1, $2, 'running', 1, $3)
     on conflict (name) do update set fingerprint = excluded.fingerprint, state = excluded.state, pass = excluded.pass,
       last_key = null, rows_seen = 0, pass_changed = 0, pass_skipped = 0, rows_changed = 0,
       rows_estimated = excluded.rows_estimated, started_at = now(), finished_at = null, executed_by = session_user`,
    [name, fingerprint, rowsEstimated],
  );
}

/** Forgets that backfills were begun or finished. */
export async function forgetProgress(ledger: Ledger, names: readonly string[]): Promise<void> {
  const table = progressTableOf(ledger);
  if (!(await ledger.relationExists(table))) return;
  await ledger.query(`delete from ${table} where name in (select jsonb_array_elements_text(?::jsonb))`, [
    JSON.stringify(names),
  ]);
}

/** Records a batch, in its transaction. */
export async function saveProgress(
  session: BackfillSession,
  table: string,
  name: string,
  { state, pass, lastKey, rowsSeen, passChanged, passSkipped, rowsChanged }: BatchProgress,
): Promise<void> {
  const saved = await session.change(
    `update ${table} set state = $2, pass = $3, last_key = $4, rows_seen = $5, pass_changed = $6, pass_skipped = $7,
       rows_changed = $8, finished_at = case $2 when 'finished' then clock_timestamp() end where name = $1`,
    [name, state, pass, lastKey && JSON.stringify(lastKey), rowsSeen, passChanged, passSkipped, rowsChanged],
  );
  if (saved !== 1) throw new Error(`The row of ${name} in ${table} is gone.`);
}

function createSql(table: string): string {
  return `create table ${table} (
  name text primary key,
  fingerprint text not null,
  state text not null check (state in ('running', 'finished', 'failed')),
  pass integer not null,
  last_key jsonb,
  rows_seen bigint not null default 0,
  pass_changed bigint not null default 0,
  pass_skipped bigint not null default 0,
  rows_changed bigint not null default 0,
  rows_estimated bigint,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  executed_by text not null default session_user
)`;
}
