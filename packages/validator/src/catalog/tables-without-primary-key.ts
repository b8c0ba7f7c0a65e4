import type { FindingsCheck } from '../check.ts';
import { catalogCheck, inScope, notOfExtension, type Schemas } from './catalog-check.ts';

/** Tables, except partitions, without a primary key: their rows can't be identified, nor replicated logically. */
export function tablesWithoutPrimaryKey(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.no-primary-key',
    description: 'Every table has a primary key.',
    severity: 'warning',
    values: [schemas],
    sql: `select c.oid::regclass::text as object, 'no primary key' as message,
        format('alter table %s add column %I bigint generated always as identity primary key;', c.oid::regclass,
          case when exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'id')
            then c.relname || '_id' else 'id' end) as fix
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
        and ${inScope} and ${notOfExtension}
        and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
      order by 1`,
  });
}
