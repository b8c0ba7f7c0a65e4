import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Source } from './check.ts';

/** A name as a quoted identifier. */
export function identifier(name: string): string {
  return escapeIdentifier(name);
}

/** A text as a literal. */
export function literal(text: string): string {
  return escapeLiteral(text);
}

/** The condition that is true for the failing rows of a predicate. */
export function violation(check: { predicate: string; nulls: 'pass' | 'fail' }): string {
  // The line break ends a `--` comment in the predicate.
  return `(${check.predicate}\n) IS ${check.nulls === 'pass' ? 'FALSE' : 'NOT TRUE'}`;
}

/** The FROM clause of a source. */
export function fromClause(source: Source): string {
  return source.kind === 'table' ? source.from : `(${source.from}\n) AS ${identifier(source.name)}`;
}
