import { query } from './query.ts';

/** All constraints, indexes and triggers of the schema, in SQL of the test's own. */
export async function readCatalog(url: string): Promise<string[]> {
  const rows = await query<{ line: string }>(
    url,
    `select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated || ' '
              || coalesce(obj_description(oid), '') as line
       from pg_constraint where connamespace = 'public'::regnamespace
      union all
     select indexdef from pg_indexes where schemaname = 'public'
      union all
     select pg_get_triggerdef(oid) || ' ' || tgenabled::text from pg_trigger where not tgisinternal
      order by line`,
  );
  return rows.map((row) => row.line);
}
