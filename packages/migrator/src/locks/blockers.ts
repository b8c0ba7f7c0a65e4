import type { Queryable } from '../ledger.ts';
import { excerpt } from '../excerpt.ts';
import { conflictingLocks } from './lock-mode.ts';
import type { TableLock } from './resolve-locks.ts';

/** A transaction that keeps a migration from its locks. */
export interface Blocker {
  /** Unlike the process id it is another one for each transaction. */
  transaction: string;
  /** Undefined for a prepared transaction. */
  pid: number | undefined;
  application: string;
  user: string;
  /** `active`, `idle in transaction`, ...; undefined without the right to see it (`pg_read_all_stats`). */
  state: string | undefined;
  /** When its last query began. */
  queryStart: Date | undefined;
  /** Its last query, on one line. */
  query: string;
  /** How long the transaction has run, in ms; 0 without the right to see it. */
  ageMs: number;
  /** What it has locked, quoted; undefined where that is not known. */
  relation: string | undefined;
  /** The mode as `pg_locks` names it. */
  mode: string | undefined;
  /** Whether it is an autovacuum, which gives way. */
  isAutovacuum: boolean;
}

/**
 * The transactions that hold, or wait for, a lock that conflicts with one of `locks`, and those of `awaited` that still
 * run, the oldest first.
 *
 * @param awaited transactions, as `Blocker.transaction`
 */
export async function findBlockers(
  session: Queryable,
  locks: readonly TableLock[],
  awaited: readonly string[],
): Promise<Blocker[]> {
  if (locks.length === 0 && awaited.length === 0) return [];
  const wanted = locks.map(({ oid, mode }) => ({ relation: oid, modes: conflictingLocks(mode) }));
  return (await session.query(blockersSql, [JSON.stringify(wanted), JSON.stringify(awaited)])).map(fromRow);
}

/** The transactions that the session `pid` waits for now; a prepared one is left out. */
export async function blockersOf(session: Queryable, pid: number): Promise<Blocker[]> {
  return (await session.query(blockersOfSql, [pid])).map(fromRow);
}

/** A blocker in words. */
export function describeBlocker(blocker: Blocker): string {
  const { pid, application, user, state, queryStart, query, ageMs, relation, mode } = blocker;
  const who =
    pid === undefined ? 'a prepared transaction' : `pid ${pid} (application "${application}", user ${user})`;
  const what = relation === undefined ? '' : ` holds ${mode ?? 'a lock'} on ${relation},`;
  const since = queryStart === undefined ? '' : `, last query since ${queryStart.toISOString()}`;
  const text = query === '' ? '' : `: ${excerpt(query, true)}`;
  return `${who}${what} ${state ?? 'in an unknown state'}, transaction of ${seconds(ageMs)}${since}${text}`;
}

/** Milliseconds as seconds, for people. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function fromRow(row: Record<string, unknown>): Blocker {
  const text = (name: string): string | undefined => (row[name] === null ? undefined : String(row[name]));
  const queryStart = text('query_start_ms');
  return {
    transaction: text('transaction') ?? '',
    pid: row['pid'] === null ? undefined : Number(row['pid']),
    application: text('application') ?? '',
    user: text('usename') ?? 'unknown',
    state: text('state'),
    queryStart: queryStart === undefined ? undefined : new Date(Number(queryStart)),
    query: text('query') ?? '',
    ageMs: Math.round(Number(row['age_ms'] ?? 0)),
    relation: text('relation'),
    mode: text('mode'),
    isAutovacuum: row['backend_type'] === 'autovacuum worker',
  };
}

const columns = `l.virtualtransaction as transaction, l.pid, a.application_name as application, a.usename,
  a.state, a.backend_type, left(a.query, 1000) as query, extract(epoch from a.query_start) * 1000 as query_start_ms,
  extract(epoch from clock_timestamp() - coalesce(a.xact_start, p.prepared)) * 1000 as age_ms,
  (select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.oid = l.relation) as relation, l.mode`;
const source = `from pg_locks l left join pg_stat_activity a on a.pid = l.pid
  left join pg_prepared_xacts p on l.pid is null and p.transaction = l.transactionid`;

const blockersSql = `
with wanted as (select * from json_to_recordset(?::json) as w(relation oid, modes json)),
conflict as (
  select distinct on (l.virtualtransaction) ${columns} ${source}
  where l.pid is distinct from pg_backend_pid() and (
    l.locktype = 'relation' and l.database = (select oid from pg_database where datname = current_database())
      and exists (select from wanted w where w.relation = l.relation and w.modes::jsonb @> to_jsonb(l.mode))
    or ?::jsonb @> to_jsonb(l.virtualtransaction))
  order by l.virtualtransaction, l.relation nulls last
)
select * from conflict order by age_ms desc nulls last`;

const blockersOfSql = `
select distinct on (l.virtualtransaction) ${columns} ${source}
join (select distinct b.pid, (select w.relation from pg_locks w where w.pid = a.pid and not w.granted limit 1) as relation
  from pg_stat_activity a
  cross join unnest(case a.wait_event_type when 'Lock' then pg_blocking_pids(a.pid) else '{}' end) b (pid)
  where a.pid = ?) blocking on blocking.pid = l.pid
where l.locktype in ('virtualxid', 'relation', 'transactionid', 'advisory') and l.granted
order by l.virtualtransaction, l.relation is not distinct from blocking.relation desc, l.relation nulls last`;
