import type { Source } from './check.ts';

/**
 * A table, view or partitioned table as a source.
 *
 * @param name as it would stand in SQL: `sales_order`, `audit.log`, `"Order"`
 */
export function table(name: string): Source {
  return { kind: 'table', name, from: name, key: [] };
}

/**
 * A SELECT as a source: aggregate once, then put several checks on the result.
 *
 * @param options `name`: unique, shown in the report; `sql`: the SELECT, CTEs allowed; `key`: its columns that tell a
 * row, shown in findings
 */
export function query(options: { name: string; sql: string; key: readonly string[] }): Source {
  return { kind: 'query', name: options.name, from: options.sql, key: options.key };
}
