import type { ParsedStatement } from './parse-statements.ts';

/**
 * The first enum value that a statement adds and a later one uses, or undefined.
 *
 * PostgreSQL accepts `ALTER TYPE ... ADD VALUE` inside a transaction, but no use of the new value before the commit;
 * up to 16 even where the same transaction created the type. A later string that equals the value, or a function body
 * that quotes it, counts as use: a wrong guess only costs the one transaction around the migration.
 */
export function enumValueUsedLater(statements: readonly ParsedStatement[]): string | undefined {
  for (const [index, { node }] of statements.entries()) {
    if (!('AlterEnumStmt' in node)) continue;
    const { newVal: value, oldVal } = node.AlterEnumStmt;
    if (value === undefined || oldVal) continue;
    const later = statements.slice(index + 1).flatMap((statement) => stringsIn(statement.node));
    if (later.some((text) => text === value || text.includes(`'${value}'`))) return value;
  }
  return undefined;
}

function stringsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'sval' && typeof child === 'string' ? [child] : stringsIn(child),
  );
}
