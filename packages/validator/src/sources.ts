import type { Source } from './check.ts';
import { identifier } from './sql-text.ts';

/**
 * The name of a table, view or partitioned table as the catalog has it, without quotes: `sales_order`, `Order`, `user`.
 * Without a schema it is looked up in the search path.
 */
export type TableName = string | { schema: string; name: string };

/** Makes a source of a table, view or partitioned table. */
export function table(of: TableName): Source {
  const parts = typeof of === 'string' ? [of] : [of.schema, of.name];
  return { kind: 'table', name: parts.join('.'), from: parts.map(identifier).join('.'), key: [] };
}

/**
 * Makes a source of a SELECT: aggregate once, then put several checks on the result.
 *
 * @param options `name`: unique, shown in the report; `sql`: the SELECT, CTEs allowed; `key`: its identifying columns,
 * shown in findings
 */
export function query(options: { name: string; sql: string; key: readonly string[] }): Source {
  return { kind: 'query', name: options.name, from: options.sql, key: options.key };
}
