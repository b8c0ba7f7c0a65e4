import { UserError } from '@ecommerce-dms/errors';
import { migratorCommand } from '../migrator-command.ts';
import type { Backfill } from './backfill-file.ts';
import type { BackfillSession } from './session.ts';

/** A column of the key that batches follow. */
export interface KeyColumn {
  /** Quoted. */
  name: string;
  type: string;
}

/** The table of a backfill as the database has it. */
export interface Target {
  oid: number;
  /** Qualified and quoted. */
  table: string;
  /** The table and its partitions. */
  oids: readonly number[];
  /** Those of the primary key, or of another unique index without nulls. */
  key: readonly KeyColumn[];
  /** By the statistics; undefined when there are none yet. */
  estimatedRows: number | undefined;
}

/**
 * Looks up the table of a backfill.
 *
 * @returns the table, or why the backfill can't be run on it
 */
export async function resolveTarget(
  session: BackfillSession,
  backfill: Backfill,
): Promise<{ target: Target } | { faults: string[] }> {
  const [table] = await session.run(tableSql, [backfill.target.replace(/^only /, '')]);
  if (table === undefined) throw missingTable(backfill);
  const name = String(table['name']);
  if (!['r', 'p'].includes(String(table['kind']))) return { faults: [`${name} is no table`] };
  const faults: string[] = [];
  if (table['has_children'] === true && !backfill.target.startsWith('only ')) {
    faults.push(
      `other tables inherit from ${name}, and no key is unique in all of them: write ONLY, and a backfill for each`,
    );
  }
  const key = await keyOf(session, Number(table['oid']));
  if (key === undefined) {
    faults.push(
      `${name} has no primary key and no other unique index without nulls that batches could follow: add one`,
    );
  }
  const changedKey = (key ?? []).filter(({ column }) => backfill.changedColumns.includes(column));
  if (changedKey.length > 0) {
    faults.push(`sets ${changedKey.map((each) => each.name).join(', ')} of the key that batches follow`);
  }
  const volatile = await session.run(volatileSql, [backfill.whereFunctions]);
  if (volatile.length > 0) {
    faults.push(
      `its WHERE calls ${volatile.map((row) => `${String(row['name'])}()`).join(', ')}, which returns another value each time`,
    );
  }
  if (key === undefined || faults.length > 0) return { faults };
  const estimatedRows = Number(table['estimated_rows']);
  return {
    target: {
      oid: Number(table['oid']),
      table: name,
      oids: (table['oids'] as unknown[]).map(Number),
      key: key.map(({ name, type }) => ({ name, type })),
      estimatedRows: estimatedRows < 0 ? undefined : estimatedRows,
    },
  };
}

async function keyOf(
  session: BackfillSession,
  oid: number,
): Promise<(KeyColumn & { column: string })[] | undefined> {
  const [index] = await session.run(keySql, [oid]);
  return index?.['key'] as (KeyColumn & { column: string })[] | undefined;
}

function missingTable({ name, target }: Backfill): UserError {
  return new UserError('backfill-failed', `Backfill ${name}: there is no table ${target}.`, {
    hint: `Apply the migration that creates it: ${migratorCommand('up')}; or correct the name.`,
  });
}

// A partition is a table that inherits, too; those of a partitioned table share its key.
const tableSql = `
select c.oid::int8 as oid, format('%I.%I', n.nspname, c.relname) as name, c.relkind::text as kind,
  c.relkind = 'r' and exists (select from pg_inherits where inhparent = c.oid) as has_children,
  tree.oids, tree.estimated_rows
from pg_class c join pg_namespace n on n.oid = c.relnamespace
cross join lateral (
  select array_agg(t.oid::int8) as oids,
    case when bool_or(t.relkind = 'r' and t.reltuples < 0) then -1
         else coalesce(sum(t.reltuples::float8) filter (where t.relkind = 'r'), 0) end as estimated_rows
  from pg_class t where t.oid in (select relid from pg_partition_tree(c.oid) union all select c.oid)
) tree
where c.oid = to_regclass($1)`;

// The order of the index is that of ORDER BY and of row comparison: ascending, by the default operators, with the
// collation of the column.
const keySql = `
select json_agg(json_build_object('name', quote_ident(a.attname), 'column', a.attname,
    'type', format_type(a.atttypid, a.atttypmod)) order by k.ordinal) as key
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_am m on m.oid = c.relam and m.amname = 'btree'
cross join lateral unnest(i.indkey::int2[], i.indcollation::oid[], i.indclass::oid[], i.indoption::int2[])
  with ordinality as k (attnum, collation_oid, class_oid, option, ordinal)
left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum > 0
left join pg_opclass o on o.oid = k.class_oid
where i.indrelid = $1::int8::oid and i.indisunique and i.indimmediate and i.indisvalid and i.indisready
  and i.indpred is null and k.ordinal <= i.indnkeyatts
group by i.indexrelid, i.indisprimary
having bool_and(coalesce(a.attnotnull and k.option = 0 and k.collation_oid = a.attcollation and o.opcdefault, false))
order by i.indisprimary desc, count(*), i.indexrelid
limit 1`;

const volatileSql = `
select distinct proname::text as name from pg_proc where provolatile = 'v' and proname = any($1::text[]) order by 1`;
