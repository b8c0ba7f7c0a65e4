import type { FindingsCheck } from '../check.ts';
import { catalogCheck, IN_SCOPE, NOT_OF_EXTENSION, type Schemas } from './catalog-check.ts';

/** Tables, except partitions, without a primary key: their rows can't be identified, nor replicated logically. */
export function tablesWithoutPrimaryKey(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.no-primary-key',
    description: 'Every table has a primary key.',
    severity: 'warning',
    values: [schemas],
    sql: `SELECT c.oid::regclass::text AS object, 'no primary key' AS message,
        format('ALTER TABLE %s ADD COLUMN %I bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;', c.oid::regclass,
          CASE WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'id')
            THEN c.relname || '_id' ELSE 'id' END) AS fix
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
        AND ${IN_SCOPE} AND ${NOT_OF_EXTENSION}
        AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
      ORDER BY 1`,
  });
}
