import type { FindingsCheck } from '../check.ts';
import { catalogCheck, inScope, notOfExtension, type Schemas } from './catalog-check.ts';

/**
 * Indexes that a failed CREATE INDEX CONCURRENTLY left behind. Left out: a partitioned parent, which is invalid until
 * each partition has its index, and an index that is being built. A standby can't see the writer's builds: a warning.
 */
export function invalidIndexes(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.invalid-index',
    description: 'Every index is valid.',
    severity: 'error',
    values: [schemas],
    sql: `select c.oid::regclass::text as object,
        case when pg_is_in_recovery() then 'invalid, or still being built on the writer'
             else 'invalid: no query uses it, every write maintains it' end as message,
        case when pg_is_in_recovery() then 'warning' end as severity,
        -- REINDEX of an index that REINDEX CONCURRENTLY left behind would only rebuild the copy.
        case when c.relname ~ '_ccnew\\d*$|_ccold\\d*$' then format('drop index concurrently %s;', c.oid::regclass)
             else format('reindex index concurrently %s;', c.oid::regclass) end as fix
      from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
      where not i.indisvalid and c.relkind = 'i' and ${inScope}
        -- The progress view hides the table from other roles, the locks of a building process are seen by all.
        and not exists (select from pg_stat_progress_create_index p join pg_locks l on l.pid = p.pid
          where l.relation = i.indrelid and l.database = (select oid from pg_database where datname = current_database()))
      order by 1`,
  });
}

/** Indexes that another one makes redundant: equal ones, and those whose columns are the first of another's. */
export function duplicateIndexes(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.duplicate-index',
    description: 'No index is redundant.',
    severity: 'warning',
    values: [schemas],
    sql: `with idx as (
        select i.*, c.relname, c.oid::regclass as name, c.relam,
          i.indkey::int2[] as columns, i.indclass::oid[] as classes, i.indcollation::oid[] as collations,
          i.indoption::int2[] as options,
          pg_get_expr(i.indexprs, i.indrelid) as expressions, pg_get_expr(i.indpred, i.indrelid) as predicate,
          i.indisreplident or exists (select from pg_constraint k where k.conindid = i.indexrelid) as needed
        from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
        where i.indisvalid and not c.relispartition and ${inScope} and ${notOfExtension})
      select distinct on (a.name::text) a.name::text as object,
        format(case when a.columns = b.columns then 'the same as %s' else 'its columns are the first of %s' end,
          b.name) as message,
        format('drop index concurrently %s;', a.name) as fix
      from idx a join idx b on b.indrelid = a.indrelid and b.indexrelid <> a.indexrelid and b.relam = a.relam
        and b.indnkeyatts >= a.indnkeyatts
        -- The key columns of a are the first of b; arrays of indexes start at 0.
        and b.columns[0:a.indnkeyatts - 1] = a.columns[0:a.indnkeyatts - 1]
        and b.classes[0:a.indnkeyatts - 1] = a.classes[0:a.indnkeyatts - 1]
        and b.collations[0:a.indnkeyatts - 1] = a.collations[0:a.indnkeyatts - 1]
        and b.options[0:a.indnkeyatts - 1] = a.options[0:a.indnkeyatts - 1]
        and b.columns @> a.columns
        and a.expressions is not distinct from b.expressions and a.predicate is not distinct from b.predicate
      where not a.needed
        -- A unique index enforces a rule: only an equal one makes it redundant.
        and (not a.indisunique or (b.indisunique and b.indnkeyatts = a.indnkeyatts
          and to_jsonb(a) ->> 'indnullsnotdistinct' is not distinct from to_jsonb(b) ->> 'indnullsnotdistinct'))
        -- Only in a B-tree are the first columns an index of their own.
        and (b.indnkeyatts = a.indnkeyatts or (select amname from pg_am where oid = a.relam) = 'btree')
        -- Of two equal ones keep the one that a constraint needs, then the unique one, then the older one.
        and not (b.indnkeyatts = a.indnkeyatts and a.columns = b.columns
          and not b.needed and a.indisunique = b.indisunique and b.indexrelid > a.indexrelid)
      order by 1, (a.columns = b.columns) desc, b.name::text`,
  });
}
