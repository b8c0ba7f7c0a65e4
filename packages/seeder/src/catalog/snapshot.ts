import type { ClientBase } from 'pg';

/**
 * The definitions of the tables' columns, constraints, indexes and triggers, one line each, sorted; and of foreign
 * keys of other tables that point to them. Equal before and after a run, or the run has lost something.
 */
export async function catalogSnapshot(client: ClientBase, tables: readonly number[]): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `select format('column %s.%I %s%s%s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
                   case when a.attnotnull then ' not null' else '' end,
                   ' default ' || pg_get_expr(d.adbin, d.adrelid)) as line
       from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = any ($1::oid[]) and a.attnum > 0 and not a.attisdropped
     union all
     select format('constraint %I on %s %s%s%s', c.conname, c.conrelid::regclass, pg_get_constraintdef(c.oid),
                   case when c.convalidated then '' else ' unvalidated' end,
                   ' comment ' || obj_description(c.oid, 'pg_constraint'))
       from pg_constraint c where c.conrelid = any ($1::oid[]) or c.confrelid = any ($1::oid[])
     union all
     select format('index %s%s%s%s%s', pg_get_indexdef(i.indexrelid),
                   case when i.indisvalid then '' else ' invalid' end,
                   case when i.indisclustered then ' clustered' else '' end,
                   case when i.indisreplident then ' replica identity' else '' end,
                   ' comment ' || obj_description(i.indexrelid, 'pg_class'))
       from pg_index i where i.indrelid = any ($1::oid[])
     union all
     select format('trigger %s %s', pg_get_triggerdef(t.oid), t.tgenabled) from pg_trigger t
      where t.tgrelid = any (select unnest($1::oid[]) union select p.relid from unnest($1::oid[]) as root, pg_partition_tree(root) as p)
        and not t.tgisinternal
     order by line`,
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
