import type { Queryable } from '../ledger.ts';
import { qualifiedName, relationName } from '../identifiers.ts';
import type { ParsedStatement } from '../parse-statements.ts';
import { type LockMode, lockModeOf, lockNumber } from './lock-mode.ts';
import { type LockRequest, lockSetOf } from './lock-set.ts';

/** A lock on one relation of the database. */
export interface TableLock {
  oid: number;
  /** Qualified and quoted. */
  name: string;
  mode: LockMode;
  /** Whether LOCK TABLE takes it: not on an index, a view or a sequence, nor without the right to. */
  canBeTaken: boolean;
}

/**
 * The locks that statements will take on relations that exist now, the strongest of each, in order of qualified names:
 * the one order in which every run takes them.
 *
 * Names are looked up with the search path that each statement will have.
 */
export async function resolveLocks(
  session: Queryable,
  statements: readonly ParsedStatement[],
): Promise<TableLock[]> {
  const parts: Record<string, unknown>[][] = [];
  const created = new Set<string>();
  let requests: LockRequest[] = [];
  const resolve = async (): Promise<void> => {
    if (requests.length === 0) return;
    parts.push(await session.query(resolveSql(requests), [JSON.stringify(requests.map(flatten))]));
    requests = [];
  };
  const changesPath = statements.some(setsSearchPath);
  if (changesPath) await session.query('begin');
  try {
    for (const statement of statements) {
      if (setsSearchPath(statement)) {
        await resolve();
        await session.query(statement.sql);
        // An unqualified name can stand for another table now.
        created.clear();
      }
      const isNew = ({ name, kind = 'relation' }: LockRequest): boolean =>
        kind === 'relation' && created.has(name);
      requests.push(...lockSetOf(statement.node).requests.filter((request) => !isNew(request)));
      const name = createdTable(statement);
      if (name !== undefined) created.add(name);
    }
    await resolve();
  } finally {
    if (changesPath) await session.query('rollback');
  }
  return strongest(parts.flat());
}

/** The table that a statement creates, or fails: nobody else can lock it before the end of the transaction. */
function createdTable({ node }: ParsedStatement): string | undefined {
  if (!('CreateStmt' in node) || node.CreateStmt.if_not_exists) return undefined;
  return relationName(node.CreateStmt.relation);
}

function setsSearchPath({ node }: ParsedStatement): boolean {
  return 'VariableSetStmt' in node && node.VariableSetStmt.name === 'search_path';
}

function flatten({
  name,
  mode,
  kind = 'relation',
  only = false,
  foreignKeys,
  defaultPartition = false,
  views = false,
}: LockRequest): Record<string, unknown> {
  return {
    name,
    mode: lockNumber(mode),
    kind,
    alone: only,
    views,
    default_partition: defaultPartition,
    fk_mode: foreignKeys === undefined ? null : lockNumber(foreignKeys.mode),
    of_constraint: foreignKeys?.constraint ?? null,
    of_column: foreignKeys?.column ?? null,
    fk_referencing_only: foreignKeys?.referencingOnly ?? false,
  };
}

function strongest(rows: readonly Record<string, unknown>[]): TableLock[] {
  const byName = new Map<string, TableLock>();
  for (const { oid, schema, relation, mode, can_be_taken: canBeTaken } of rows) {
    const name = qualifiedName([String(schema), String(relation)]);
    const known = byName.get(name);
    if (known !== undefined && lockNumber(known.mode) >= Number(mode)) continue;
    byName.set(name, {
      oid: Number(oid),
      name,
      mode: lockModeOf(Number(mode)),
      canBeTaken: canBeTaken === true,
    });
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Without the parts that no request needs: planning takes longer than the query. Temporary relations are left out: no
 * other session can lock them.
 */
function resolveSql(requests: readonly LockRequest[]): string {
  const has = (test: (request: LockRequest) => boolean, sql: string): string =>
    requests.some(test) ? sql : '';
  return `
with recursive request as (
  select r.*, case kind when 'schema' then null else to_regclass(name)::oid end as oid
  from json_to_recordset(?::json) as r(name text, mode int, kind text, alone boolean, views boolean,
    default_partition boolean, fk_mode int, of_constraint text, of_column text, fk_referencing_only boolean)
),
root as (
  select oid, mode, alone, views, default_partition, fk_mode, of_constraint, of_column, fk_referencing_only
  from request where oid is not null
${has(
  ({ kind }) => kind === 'index',
  `  union all
  select i.indrelid, mode, false, views, false, fk_mode, of_constraint, of_column, fk_referencing_only
  from request r join pg_index i on i.indexrelid = r.oid where kind = 'index'`,
)}
${has(
  ({ kind }) => kind === 'schema',
  `  union all
  select c.oid, mode, false, views, false, fk_mode, of_constraint, of_column, fk_referencing_only
  from request r join pg_class c on c.relnamespace = to_regnamespace(r.name)
  where kind = 'schema' and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
)}
),
tree as (
  select * from root
  union
  select i.inhrelid, mode, false, views, default_partition, fk_mode, of_constraint, of_column, fk_referencing_only
  from tree t join pg_inherits i on i.inhparent = t.oid where not t.alone
),
${has(
  ({ foreignKeys }) => foreignKeys !== undefined,
  `key as (
  select case when k.conrelid = t.oid then k.confrelid else k.conrelid end as oid, fk_mode as mode
  from tree t join pg_constraint k on k.contype = 'f' and (k.conrelid = t.oid or k.confrelid = t.oid)
  where fk_mode is not null and (k.confrelid = t.oid or not fk_referencing_only)
    and (of_constraint is null or k.conname = of_constraint or exists (
      select from pg_constraint p where p.conrelid = t.oid and p.conname = of_constraint and p.conindid = k.conindid))
    and (of_column is null or exists (
      select from pg_attribute a where a.attrelid = t.oid and a.attname = of_column
        and (k.conrelid = t.oid and a.attnum = any(k.conkey) or k.confrelid = t.oid and a.attnum = any(k.confkey))))
),`,
)}
${has(
  ({ views }) => views === true,
  `dependent as (
  select w.ev_class as oid from tree t
    join pg_depend p on p.refclassid = 'pg_class'::regclass and p.refobjid = t.oid and p.classid = 'pg_rewrite'::regclass
    join pg_rewrite w on w.oid = p.objid
  where t.views and (of_column is null or exists (
    select from pg_attribute a where a.attrelid = t.oid and a.attname = of_column and a.attnum = p.refobjsubid))
  union
  select w.ev_class from dependent d
    join pg_depend p on p.refclassid = 'pg_class'::regclass and p.refobjid = d.oid and p.classid = 'pg_rewrite'::regclass
    join pg_rewrite w on w.oid = p.objid
),`,
)}
wanted as (
  select oid, mode from tree
  ${has(({ foreignKeys }) => foreignKeys !== undefined, 'union all select oid, mode from key')}
  ${has(({ views }) => views === true, 'union all select d.oid, 8 from dependent d where d.oid not in (select oid from tree)')}
${has(
  ({ defaultPartition }) => defaultPartition === true,
  `  union all
  select p.partdefid, 8 from tree t join pg_partitioned_table p on p.partrelid = t.oid
  where t.default_partition and p.partdefid <> 0`,
)}
)
select c.oid::text as oid, n.nspname as schema, c.relname as relation, max(w.mode) as mode,
  c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and has_table_privilege(c.oid, 'update, delete, truncate') as can_be_taken
from wanted w join pg_class c on c.oid = w.oid join pg_namespace n on n.oid = c.relnamespace
where c.relpersistence <> 't' group by c.oid, n.oid`;
}
