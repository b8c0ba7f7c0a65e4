import { maxLength } from './bounds.ts';

/**
 * The CHECK of a table's longest texts, in characters, and of its largest lists and documents, in bytes as PostgreSQL
 * keeps them.
 */
export function lengthCheck(
  table: string,
  characters: Readonly<Record<string, number>>,
  bytes: Readonly<Record<string, number>> = {},
) {
  const rules = [...longestAtMost(characters, 'length'), ...longestAtMost(bytes, 'pg_column_size')];
  return { name: `${table}_length_check`, expression: rules.join(' and ') };
}

// Each statement that writes a row reads the expressions anew: one comparison for all columns of a limit.
function longestAtMost(columns: Readonly<Record<string, number>>, size: string): string[] {
  const byLimit = Map.groupBy(Object.keys(columns), (column) => columns[column]);
  return [...byLimit].map(([max, names]) => {
    const sizes = names.map((name) => `${size}(${name})`).join(', ');
    return `${names.length === 1 ? sizes : `greatest(${sizes})`} <= ${max}`;
  });
}

/**
 * The CHECK of a column with an object of JSON; null stands for an empty one. PostgreSQL keeps a text of JSON in at most 6
 * times its bytes: a list of digits.
 *
 * @param maxBytes of its text
 */
export function objectCheck(table: string, column: string, { maxBytes }: { maxBytes: number }) {
  return {
    name: `${table}_${column}_check`,
    // Of JSON only objects are greater than the empty one.
    expression: `${column} > '{}' and pg_column_size(${column}) <= ${8 * maxBytes}`,
  };
}

/**
 * The CHECK of a column of `oneOf`, for a table that checkouts write: the list is one constant, where `p.enum` makes one of
 * each value.
 */
export function oneOfCheck(table: string, column: string, values: readonly string[]) {
  return {
    name: `${table}_${column}_check`,
    expression: `${column} = any ('{${values.join(',')}}'::text[])`,
  };
}

/** SQL: what an e-mail address is. */
export const emailRule = `email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= ${maxLength.email}`;
