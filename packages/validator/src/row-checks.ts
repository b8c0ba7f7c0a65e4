import type { RowCheck, Severity, Source } from './check.ts';
import { query, table } from './sources.ts';
import { identifier } from './sql-text.ts';

interface Common {
  id: string;
  description: string;
  /** Default `error`. */
  severity?: Severity;
  /** The SQL or the advice that fixes a failing row. */
  fix?: string;
}

/**
 * Checks that every row of a source satisfies a predicate. All checks on one source are counted in one pass.
 *
 * @param options `on`: the source; `that`: SQL boolean expression over its columns; `nulls`: whether a row whose
 * predicate is NULL passes (the default, as in a CHECK constraint) or fails; `show`: columns that a finding shows
 * beside the identifying ones
 * @example
 * ```ts
 * rowCheck({
 *   id: 'order.due',
 *   description: 'Nothing is due before it was placed.',
 *   on: table('sales_order'),
 *   that: 'due_at >= placed_at',
 *   show: ['placed_at', 'due_at'],
 * });
 * ```
 */
export function rowCheck(
  options: Common & { on: Source; that: string; nulls?: 'pass' | 'fail'; show?: readonly string[] },
): RowCheck {
  return {
    kind: 'rows',
    id: options.id,
    description: options.description,
    severity: options.severity ?? 'error',
    source: options.on,
    predicate: options.that,
    nulls: options.nulls ?? 'pass',
    show: options.show ?? [],
    fix: options.fix,
    // A CHECK constraint lets NULL pass: it proves nothing where NULL fails.
    proof: options.on.kind === 'table' && options.nulls !== 'fail' ? { kind: 'check' } : undefined,
  };
}

/**
 * Checks that a SELECT returns no row.
 *
 * @param options `key`: its identifying columns; `show`: further columns for the report
 */
export function noRows(
  options: Common & { sql: string; key: readonly string[]; show?: readonly string[] },
): RowCheck {
  const on = query({ name: options.id, sql: options.sql, key: options.key });
  return rowCheck({ ...options, on, that: 'false' });
}

/** Checks that a column has no NULL, in the table's pass. */
export function notNull(options: Common & { table: string; column: string }): RowCheck {
  const that = `${identifier(options.column)} is not null`;
  return rowCheck({ ...options, on: table(options.table), that });
}

/** Checks that columns are unique together. Rows with a NULL in one of them are left out, as in a unique index. */
export function unique(options: Common & { table: string; columns: readonly string[] }): RowCheck {
  const { columns } = options;
  const list = columns.map(identifier).join(', ');
  const known = columns.map((column) => `${identifier(column)} is not null`).join(' and ');
  const sql = `select ${list}, count(*) as "rows" from ${options.table} where ${known} group by ${list} having count(*) > 1`;
  const check = noRows({ ...options, sql, key: columns, show: ['rows'] });
  return { ...check, proof: { kind: 'unique', table: options.table, columns } };
}

/**
 * Checks that each row of a table has its row in another table, unless one of the referencing columns is NULL.
 *
 * @param options `key`: columns that identify a row of `table`; default: the referencing columns
 */
export function references(
  options: Common & {
    table: string;
    columns: readonly string[];
    parent: string;
    parentColumns: readonly string[];
    key?: readonly string[];
  },
): RowCheck {
  const { columns, parent, parentColumns } = options;
  const key = options.key ?? columns;
  const selected = [...new Set([...key, ...columns])].map((column) => `child.${identifier(column)}`);
  const known = columns.map((column) => `child.${identifier(column)} is not null`);
  const match = columns.map(
    (column, index) => `parent.${identifier(parentColumns[index] ?? column)} = child.${identifier(column)}`,
  );
  const sql = `select ${selected.join(', ')} from ${options.table} as child where ${known.join(' and ')}
  and not exists (select from ${parent} as parent where ${match.join(' and ')})`;
  const check = noRows({ ...options, sql, key });
  return { ...check, proof: { kind: 'foreign-key', table: options.table, columns, parent, parentColumns } };
}

/**
 * Checks that the newest row of a table is not older than `maxAgeMs`; an empty table fails.
 *
 * @param options `column`: a timestamptz
 */
export function freshness(options: Common & { table: string; column: string; maxAgeMs: number }): RowCheck {
  const sql = `select max(${identifier(options.column)}) as newest from ${options.table}`;
  const on = query({ name: options.id, sql, key: [] });
  const that = `newest >= now() - interval '${Math.trunc(options.maxAgeMs)} milliseconds'`;
  return rowCheck({ ...options, on, that, nulls: 'fail', show: ['newest'] });
}
