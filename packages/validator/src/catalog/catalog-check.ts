import type { Finding, FindingsCheck, Severity } from '../check.ts';

/** Schemas to look at; null for all but the system's. */
export type Schemas = readonly string[] | null;

/**
 * SQL condition: the namespace `n` holds objects of the user. `$1` are the schemas to look at, null for all but the
 * system's.
 */
export const IN_SCOPE = `(n.nspname = ANY ($1::text[]) OR ($1::text[] IS NULL
  AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'))`;

/** SQL condition: the pg_class row `c` was not brought by an extension. */
export const NOT_OF_EXTENSION = `NOT EXISTS (SELECT FROM pg_depend e
  WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')`;

interface FindingRow extends Omit<Finding, 'severity'> {
  severity?: Severity | null;
}

/**
 * A check of one catalog query with the columns object, message, fix and, where it differs from the check's,
 * severity.
 */
export function catalogCheck(options: {
  id: string;
  description: string;
  severity: Severity;
  sql: string;
  values: readonly unknown[];
}): FindingsCheck {
  const { id, description, severity, sql, values } = options;
  return {
    kind: 'findings',
    id,
    description,
    severity,
    find: async (context) => {
      const rows = await context.query<FindingRow>(sql, values);
      return rows.map((row) => ({ ...row, severity: row.severity ?? severity }));
    },
  };
}
