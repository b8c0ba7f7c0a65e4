import type { Source } from './check.ts';

/**
 * Makes a source of a table, view or partitioned table.
 *
 * @param name as in SQL: `sales_order`, `audit.log`, `"Order"`
 */
export function table(name: string): Source {
  return { kind: 'table', name, from: name, key: [] };
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
