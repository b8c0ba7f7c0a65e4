import type { Node, RangeVar } from 'libpg-query';
import { escapeIdentifier } from 'pg';

/** The parts of a name, quoted and joined: `['shop', 'Order']` is `"shop"."Order"`. */
export function qualifiedName(parts: readonly string[]): string {
  return parts.map((part) => escapeIdentifier(part)).join('.');
}

/** The name of a table, view or index in a parse tree, quoted, with the schema if the statement names one. */
export function relationName({ schemaname, relname = '' }: RangeVar = {}): string {
  return qualifiedName(schemaname === undefined ? [relname] : [schemaname, relname]);
}

/** The parts of a name that a parse tree has as a list, such as those of `DROP TABLE shop.item`. */
export function namePartsOf(node: Node | undefined): string[] {
  if (node === undefined || !('List' in node)) return [];
  return (node.List.items ?? []).flatMap((item) => ('String' in item ? [item.String.sval ?? ''] : []));
}
