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

/** SQL: what an e-mail address is. */
export const emailRule = `email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= ${maxLength.email}`;
