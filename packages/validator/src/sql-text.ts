import { escapeIdentifier as identifier, escapeLiteral as literal } from 'pg';
import type { Source } from './check.ts';

export { identifier, literal };

/** The condition that is true for the failing rows of a predicate. */
export function violation(check: { predicate: string; nulls: 'pass' | 'fail' }): string {
  return `(${enclosed(check.predicate)}) is ${check.nulls === 'pass' ? 'false' : 'not true'}`;
}

/** The FROM clause of a source. */
export function fromClause(source: Source): string {
  return source.kind === 'table' ? source.from : `(${enclosed(source.from)}) as ${identifier(source.name)}`;
}

/** SQL that a parenthesis may follow: a line break ends a `--` comment. */
export function enclosed(sql: string): string {
  return sql.includes('--') ? `${sql}\n` : sql;
}
