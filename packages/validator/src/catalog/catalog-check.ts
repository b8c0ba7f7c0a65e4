import type { Finding, FindingsCheck, Severity } from '../check.ts';

/** Schemas to look at; null for all but the system's. */
export type Schemas = readonly string[] | null;

/**
 * SQL condition: the namespace `n` holds objects of the user. `$1` are the schemas to look at, null for all but the
 * system's.
 */
export const inScope = `(n.nspname = any ($1::text[]) or ($1::text[] is null
  and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'))`;

/** SQL condition: the pg_class row `c` was not brought by an extension. */
export const notOfExtension = `not exists (select from pg_depend e
  where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')`;

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
