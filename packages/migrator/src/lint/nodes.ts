import type { ColumnDef, Constraint, Node, RangeVar, TypeName } from 'libpg-query';
import { namePartsOf } from '../identifiers.ts';

type KeyOf<T> = T extends unknown ? keyof T : never;
export type NodeKind = KeyOf<Node>;
export type NodeOf<Kind extends NodeKind> =
  Extract<Node, Record<Kind, unknown>> extends Record<Kind, infer Value> ? Value : never;

/** The node of one kind, or undefined if it is of another. */
export function nodeOf<Kind extends NodeKind>(node: Node | undefined, kind: Kind): NodeOf<Kind> | undefined {
  return node !== undefined && kind in node
    ? (node as unknown as Record<Kind, NodeOf<Kind>>)[kind]
    : undefined;
}

/** Those of a list that are of one kind. */
export function nodesOf<Kind extends NodeKind>(
  nodes: readonly Node[] | undefined,
  kind: Kind,
): NodeOf<Kind>[] {
  return (nodes ?? []).flatMap((node) => nodeOf(node, kind) ?? []);
}

/** The texts of a list of names. */
export function stringsOf(nodes: readonly Node[] | undefined): string[] {
  return nodesOf(nodes, 'String').map(({ sval = '' }) => sval);
}

/** The node that a list of names, or the name of a type, stands for: `{ schemaname, relname }`. */
export function rangeVarOf(object: Node | undefined): RangeVar {
  const names = nodeOf(object, 'TypeName')?.names;
  const [relname = '', schemaname] = (names ? stringsOf(names) : namePartsOf(object)).toReversed();
  return { relname, ...(schemaname !== undefined && { schemaname }) };
}

export function constraintsOf(column: ColumnDef): Constraint[] {
  return nodesOf(column.constraints, 'Constraint');
}

/** A type of the parse tree; without `pg_catalog`, whose types have no schema here. */
export interface SqlType {
  name: string;
  modifiers: number[];
  isArray: boolean;
}

export function typeOf(type: TypeName | undefined): SqlType {
  const names = stringsOf(type?.names).filter((name) => name !== 'pg_catalog');
  const modifiers = nodesOf(type?.typmods, 'A_Const').map((each) => each.ival?.ival ?? 0);
  return { name: names.join('.'), modifiers, isArray: (type?.arrayBounds ?? []).length > 0 };
}

/** All nodes below a value, with their kinds. */
export function* nodesBelow(value: unknown): Generator<[kind: string, node: Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (typeof child !== 'object' || child === null) continue;
    if (!Array.isArray(child)) yield [key, child as Record<string, unknown>];
    yield* nodesBelow(child);
  }
}

/** The names of the functions that an expression calls. */
export function functionsIn(expression: unknown): string[] {
  return [...nodesBelow(expression)].flatMap(([kind, node]) =>
    kind === 'FuncCall' ? (stringsOf(node['funcname'] as Node[]).at(-1) ?? []) : [],
  );
}

/** The names of the columns that an expression reads. */
export function columnsIn(expression: unknown): string[] {
  const names = [...nodesBelow(expression)].flatMap(([kind, node]) =>
    kind === 'ColumnRef' ? (stringsOf(node['fields'] as Node[]).at(-1) ?? []) : [],
  );
  return [...new Set(names)];
}
