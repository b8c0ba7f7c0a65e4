import type { ClientBase } from 'pg';

/** An index, constraint or trigger that a bulk load sets aside, with the SQL for both ways. */
export interface Dependent {
  kind: 'foreign key' | 'index' | 'trigger';
  /** For messages. */
  name: string;
  tableOid: number;
  /** May be run again when the object is gone already. */
  drop: string;
  create: string;
  /** For a foreign key that is valid: creates it without reading the table, then reads it. */
  createUnchecked?: string;
  check?: string;
}

/**
 * What a load of these tables sets aside, with names that have their schemas if the search path is `pg_catalog`: foreign keys of and to them, and user triggers; and of small tables the
 * indexes with the constraints that they carry. A large table to which little is added keeps them.
 *
 * Left in place, because a definition alone would not bring them back as they were: indexes that are a replica
 * identity, clustered on, in a tablespace of their own, commented, invalid, or with statistics targets, and those of
 * constraints with storage parameters; the indexes and keys of partitioned tables, whose parts have names of their own.
 */
export async function findDependents(
  client: ClientBase,
  tables: { all: readonly number[]; small: readonly number[] },
): Promise<Dependent[]> {
  const foreignKeys = await client.query<Dependent>(
    `select 'foreign key' as kind, format('%I on %s', k.conname, k.conrelid::regclass) as name,
            k.conrelid::int8::float8 as "tableOid",
            format('alter table %s drop constraint if exists %I', k.conrelid::regclass, k.conname) as drop,
            add || comment as create,
            case when k.convalidated then add || ' NOT VALID' || comment end as "createUnchecked",
            case when k.convalidated
                 then format('alter table %s validate constraint %I', k.conrelid::regclass, k.conname) end as check
       from pg_constraint k
       join pg_class c on c.oid = k.conrelid
       join pg_class r on r.oid = k.confrelid
      cross join lateral (select format('alter table %s add constraint %I %s', k.conrelid::regclass, k.conname,
                                        pg_get_constraintdef(k.oid)) as add) a
      cross join lateral (select coalesce(format('; COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, k.conrelid::regclass,
                                                 obj_description(k.oid, 'pg_constraint')), '') as comment) m
      where k.contype = 'f' and (k.conrelid = any ($1::oid[]) or k.confrelid = any ($1::oid[]))
        and c.relkind = 'r' and not c.relispartition and r.relkind = 'r' and not r.relispartition
      order by name`,
    [tables.all],
  );
  const indexes = await client.query<Dependent>(
    `select 'index' as kind, format('%I on %s', x.relname, i.indrelid::regclass) as name,
            i.indrelid::int8::float8 as "tableOid",
            case when k.oid is null then format('drop index if exists %s', i.indexrelid::regclass)
                 else format('alter table %s drop constraint if exists %I', i.indrelid::regclass, k.conname) end as drop,
            case when k.oid is null then pg_get_indexdef(i.indexrelid)
                 else format('alter table %s add constraint %I %s', i.indrelid::regclass, k.conname,
                             pg_get_constraintdef(k.oid)) end as create
       from pg_index i
       join pg_class x on x.oid = i.indexrelid
       join pg_class c on c.oid = i.indrelid and c.relkind = 'r' and not c.relispartition
       left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
      where i.indrelid = any ($1::oid[])
        and i.indisvalid and not i.indisreplident and not i.indisclustered and x.reltablespace = 0
        and (k.oid is null or x.reloptions is null)
        and obj_description(x.oid, 'pg_class') is null and obj_description(k.oid, 'pg_constraint') is null
        and not exists (select from pg_attribute a where a.attrelid = x.oid and a.attstattarget >= 0)
      order by i.indisprimary desc, name`,
    [tables.small],
  );
  const triggers = await client.query<Dependent>(
    `select 'trigger' as kind, format('%I on %s', t.tgname, t.tgrelid::regclass) as name,
            t.tgrelid::int8::float8 as "tableOid",
            format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname) as drop,
            format('alter table %s enable %s trigger %I', t.tgrelid::regclass,
                   case t.tgenabled when 'A' then 'ALWAYS' when 'R' then 'REPLICA' else '' end, t.tgname) as create
       from pg_trigger t
      where t.tgrelid = any (select unnest($1::oid[]) union select p.relid from unnest($1::oid[]) as root, pg_partition_tree(root) as p)
        and not t.tgisinternal and t.tgenabled <> 'D' and t.tgparentid = 0
      order by name`,
    [tables.all],
  );
  return [...foreignKeys.rows, ...indexes.rows, ...triggers.rows];
}
