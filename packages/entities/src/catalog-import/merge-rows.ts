import { bool } from '../runtime/sql-type.ts';

/** The columns of {@link mergeRows} that say what became of a row. */
export const mergedRow = { created: bool, updated: bool };

/** What {@link mergeRows} merges. */
interface Merge {
  table: string;
  /** SQL: a query of the rows as they should be: `id`, whether they are `created`, and all columns below. */
  rows: string;
  /** Set on insert only. */
  keys: readonly string[];
  /** A row is updated where one of them differs. */
  columns: readonly string[];
  /** Set along with the others, but no reason for an update. */
  dependent?: readonly string[];
  /** The columns of `rows` to return. */
  returning: readonly string[];
}

/** SQL: inserts the rows that a table lacks, updates those that differ, and returns what became of each. */
export function mergeRows({ table, rows, keys, columns, dependent = [], returning }: Merge): string {
  const changed = [...columns, ...dependent];
  const inserted = ['id', ...keys, ...changed].join(', ');
  const of = (alias: string, names: readonly string[]) => names.map((name) => `${alias}.${name}`).join(', ');
  return `with merged as materialized (${rows}),
    inserted as (insert into ${table} (${inserted}) select ${inserted} from merged where created),
    updated as (
      update ${table} before set ${changed.map((column) => `${column} = m.${column}`).join(', ')}
      from merged m
      where before.id = m.id and (${of('before', columns)}) is distinct from (${of('m', columns)})
      returning before.id)
    select ${of('m', [...returning, 'created'])}, u.id is not null as updated
    from merged m left join updated u on u.id = m.id`;
}

/** What became of the rows of a table. */
export interface RowReport {
  created: number;
  updated: number;
  unchanged: number;
}

/** Counts rows by what became of them. */
export function countRows(rows: readonly { created: boolean; updated: boolean }[]): RowReport {
  const created = rows.filter((row) => row.created).length;
  const updated = rows.filter((row) => row.updated).length;
  return { created, updated, unchanged: rows.length - created - updated };
}
