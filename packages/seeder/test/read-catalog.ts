import { query } from './query.ts';

/** All constraints, indexes and triggers of the schema, in SQL of the test's own. */
export async function readCatalog(url: string): Promise<string[]> {
  const rows = await query<{ line: string }>(
    url,
    `SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated || ' '
              || coalesce(obj_description(oid), '') AS line
       FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      UNION ALL
     SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL
     SELECT pg_get_triggerdef(oid) || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
      ORDER BY line`,
  );
  return rows.map((row) => row.line);
}
