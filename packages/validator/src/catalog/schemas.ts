/**
 * SQL condition: the namespace `n` holds objects of the user. `$1` are the schemas to look at, null for all but the
 * system's.
 */
export const IN_SCOPE = `(n.nspname = ANY ($1::text[]) OR ($1::text[] IS NULL
  AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'))`;

/** SQL condition: the pg_class row `c` was not brought by an extension. */
export const NOT_OF_EXTENSION = `NOT EXISTS (SELECT FROM pg_depend e
  WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')`;
