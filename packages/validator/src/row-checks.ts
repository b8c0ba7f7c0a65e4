import type { RowCheck, Severity, Source } from './check.ts';
import { query, table, type TableName } from './sources.ts';
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
export function notNull(options: Common & { table: TableName; column: string }): RowCheck {
  const that = `${identifier(options.column)} is not null`;
  return rowCheck({ ...options, on: table(options.table), that });
}

/** Checks that columns are unique together. Rows with a NULL in one of them are left out, as in a unique index. */
export function unique(options: Common & { table: TableName; columns: readonly string[] }): RowCheck {
  const { columns } = options;
  const of = table(options.table);
  const list = columns.map(identifier).join(', ');
  const known = columns.map((column) => `${identifier(column)} is not null`).join(' and ');
  const sql = `select ${list}, count(*) as "rows" from ${of.from} where ${known} group by ${list} having count(*) > 1`;
  const check = noRows({ ...options, sql, key: columns, show: ['rows'] });
  return { ...check, proof: { kind: 'unique', table: of, columns } };
}

/**
 * Checks that each row of a table has its row in another table, unless one of the referencing columns is NULL.
 *
 * @param options `key`: columns that identify a row of `table`; default: the referencing columns
 */
export function references(
  options: Common & {
    table: TableName;
    columns: readonly string[];
    parent: TableName;
    parentColumns: readonly string[];
    key?: readonly string[];
  },
): RowCheck {
  const { columns, parentColumns } = options;
  const [child, parent] = [table(options.table), table(options.parent)];
  const key = options.key ?? columns;
  const selected = [...new Set([...key, ...columns])].map((column) => `child.${identifier(column)}`);
  const known = columns.map((column) => `child.${identifier(column)} is not null`);
  const match = columns.map(
    (column, index) => `parent.${identifier(parentColumns[index] ?? column)} = child.${identifier(column)}`,
  );
  const sql = `select ${selected.join(', ')} from ${child.from} as child where ${known.join(' and ')}
  and not exists (select from ${parent.from} as parent where ${match.join(' and ')})`;
  const check = noRows({ ...options, sql, key });
  return { ...check, proof: { kind: 'foreign-key', table: child, columns, parent, parentColumns } };
}

/**
 * Checks that the newest row of a table is not older than `maxAgeMs`, nor from the future; an empty table fails.
 *
 * @param options `column`: a timestamptz; `maxAheadMs`: how far the clocks that write it may be ahead of the server's,
 * default 60,000
 */
export function freshness(
  options: Common & { table: TableName; column: string; maxAgeMs: number; maxAheadMs?: number },
): RowCheck {
  const { maxAgeMs, maxAheadMs = 60_000 } = options;
  const sql = `select max(${identifier(options.column)}) as newest from ${table(options.table).from}`;
  const on = query({ name: options.id, sql, key: [] });
  const that = `newest between now() - ${interval(maxAgeMs)} and now() + ${interval(maxAheadMs)}`;
  return rowCheck({ ...options, on, that, nulls: 'fail', show: ['newest'] });
}

function interval(ms: number): string {
  return `interval '${Math.trunc(ms)} milliseconds'`;
}
