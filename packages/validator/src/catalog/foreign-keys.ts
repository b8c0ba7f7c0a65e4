import type { FindingsCheck } from '../check.ts';
import { catalogCheck, inScope, type Schemas } from './catalog-check.ts';

/**
 * Foreign keys that no index serves: a delete or a key change in the parent then reads the whole table. An index
 * serves one when its first columns are among the foreign key's and refer to all of it or to a unique key of the
 * parent: (order_id) serves (order_id, currency_code) where orders are unique by id. One whose comment begins with
 * `No index: ` does without, for the reason that follows.
 */
export function unindexedForeignKeys(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.unindexed-foreign-key',
    description: 'Every foreign key has an index, or a comment that says why not.',
    severity: 'warning',
    values: [schemas],
    sql: `select format('%s.%I', f.conrelid::regclass, f.conname) as object,
        format('no index starts with (%s)', columns) as message,
        format('create index concurrently on %s (%s);', f.conrelid::regclass, columns) as fix
      from pg_constraint f join pg_namespace n on n.oid = f.connamespace
      cross join lateral (select string_agg(quote_ident(a.attname), ', ' order by k.position)
        from unnest(f.conkey) with ordinality as k (attnum, position)
        join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.attnum) as listed (columns)
      where f.contype = 'f' and f.conparentid = 0 and ${inScope}
        and obj_description(f.oid, 'pg_constraint') !~ '^No index: \\S' is not false
        and not exists (
          select from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am am on am.oid = c.relam
          -- How many of the index's first columns are columns of the foreign key.
          cross join lateral (select coalesce(min(k.position) - 1, i.indnkeyatts)::int
            from unnest(i.indkey::int2[]) with ordinality as k (attnum, position)
            where k.position <= i.indnkeyatts and k.attnum <> all (f.conkey)) as run (length)
          -- The columns of the parent that these first columns refer to.
          cross join lateral (select coalesce(array_agg(f.confkey[array_position(f.conkey, k.attnum)]), '{}')
            from unnest(i.indkey::int2[]) with ordinality as k (attnum, position)
            where k.position <= run.length) as referred (columns)
          where i.indrelid = f.conrelid and (i.indisvalid or c.relkind = 'I') and am.amname in ('btree', 'hash')
            and run.length > 0
            -- A condition that leaves out only rows without a reference does no harm.
            and (i.indpred is null or exists (select from pg_attribute a where a.attrelid = f.conrelid
              and a.attnum = any (f.conkey)
              and pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname)))
            and (referred.columns @> f.confkey or exists (select from pg_index u
              where u.indrelid = f.confrelid and u.indisunique and u.indisvalid and u.indpred is null
                and u.indexprs is null and referred.columns @> (u.indkey::int2[])[0:u.indnkeyatts - 1])))
      order by 1`,
  });
}
