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
  const rules = [
    ...Object.entries(characters).map(([column, max]) => `length(${column}) <= ${max}`),
    ...Object.entries(bytes).map(([column, max]) => `pg_column_size(${column}) <= ${max}`),
  ];
  return { name: `${table}_length_check`, expression: rules.join(' and ') };
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
    expression: `jsonb_typeof(${column}) = 'object' and ${column} <> '{}' and pg_column_size(${column}) <= ${8 * maxBytes}`,
  };
}

/** SQL: what an e-mail address is. */
export const emailRule = `email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= ${maxLength.email}`;
