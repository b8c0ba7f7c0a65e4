import type { ParsedStatement } from './parse-statements.ts';

/**
 * The first enum value that a statement adds and a later one uses, or undefined.
 *
 * PostgreSQL accepts `ALTER TYPE ... ADD VALUE` inside a transaction, but no use of the new value before the commit,
 * unless the same transaction created the type. A later string that equals the value, or a function body
 * that quotes it, counts as use: a wrong guess only costs the one transaction around the migration.
 */
export function enumValueUsedLater(statements: readonly ParsedStatement[]): string | undefined {
  const created = new Set<string>();
  for (const [index, { node }] of statements.entries()) {
    if ('CreateEnumStmt' in node) created.add(JSON.stringify(node.CreateEnumStmt.typeName));
    if (!('AlterEnumStmt' in node)) continue;
    const { typeName, newVal: value, oldVal } = node.AlterEnumStmt;
    if (value === undefined || oldVal || created.has(JSON.stringify(typeName))) continue;
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
