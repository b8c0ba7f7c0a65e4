import type { ClientBase } from 'pg';

/**
 * The definitions of the tables' columns, constraints, indexes and triggers, one line each, sorted; and of foreign
 * keys of other tables that point to them. Equal before and after a run, or the run has lost something.
 */
export async function catalogSnapshot(client: ClientBase, tables: readonly number[]): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `SELECT format('column %s.%I %s%s%s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
                   CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
                   ' default ' || pg_get_expr(d.adbin, d.adrelid)) AS line
       FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
     UNION ALL
     SELECT format('constraint %I on %s %s%s%s', c.conname, c.conrelid::regclass, pg_get_constraintdef(c.oid),
                   CASE WHEN c.convalidated THEN '' ELSE ' unvalidated' END,
                   ' comment ' || obj_description(c.oid, 'pg_constraint'))
       FROM pg_constraint c WHERE c.conrelid = ANY ($1::oid[]) OR c.confrelid = ANY ($1::oid[])
     UNION ALL
     SELECT format('index %s%s%s%s%s', pg_get_indexdef(i.indexrelid),
                   CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END,
                   CASE WHEN i.indisclustered THEN ' clustered' ELSE '' END,
                   CASE WHEN i.indisreplident THEN ' replica identity' ELSE '' END,
                   ' comment ' || obj_description(i.indexrelid, 'pg_class'))
       FROM pg_index i WHERE i.indrelid = ANY ($1::oid[])
     UNION ALL
     SELECT format('trigger %s %s', pg_get_triggerdef(t.oid), t.tgenabled) FROM pg_trigger t
      WHERE t.tgrelid = ANY (SELECT unnest($1::oid[]) UNION SELECT p.relid FROM unnest($1::oid[]) AS root, pg_partition_tree(root) AS p)
        AND NOT t.tgisinternal
     ORDER BY line`,
    [tables],
  );
  return rows.map((row) => row.line);
}

/** What differs between two snapshots, as lines that say "missing" or "new". */
export function snapshotDifferences(before: readonly string[], after: readonly string[]): string[] {
  const had = new Set(before);
  const has = new Set(after);
  return [
    ...before.filter((line) => !has.has(line)).map((line) => `missing: ${line}`),
    ...after.filter((line) => !had.has(line)).map((line) => `new: ${line}`),
  ];
}
