import type { Client } from 'pg';

/** A column as far as it matters for the values that it takes. */
export interface SampleColumn {
  name: string;
  /** Of a domain, the type below it: `int4`, `text`, `_uuid`. */
  type: string;
  /** That type as SQL casts to it. */
  cast: string;
  category: string;
  /** Of `varchar(3)`, 3. */
  length: number | null;
  /** Of `numeric(5,2)`, 5 and 2. */
  precision: number | null;
  scale: number | null;
  labels: string[];
  isNullable: boolean;
  /** The conditions of its domains, over `VALUE`. */
  domainChecks: string[];
}

/** A CHECK constraint. */
export interface SampleCheck {
  condition: string;
  columns: string[];
}

/** A foreign key, its columns in pairs. */
export interface SampleReference {
  parent: string;
  columns: string[];
  parentColumns: string[];
}

/** A table that can be filled. */
export interface SampleTable {
  oid: string;
  /** Quoted, with its schema. */
  name: string;
  /** Without those that are generated, and identities. */
  columns: SampleColumn[];
  checks: SampleCheck[];
  references: SampleReference[];
  /** Columns that are unique by themselves. */
  uniqueColumns: string[];
}

/** The tables of a database, partitions and those of extensions aside, by name. */
export async function readSampleTables(client: Client): Promise<SampleTable[]> {
  const { rows } = await client.query<SampleTable>(`
    with tables as (
      select c.oid, format('%I.%I', n.nspname, c.relname) as name from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
        and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
        -- Rows in a ledger, or in the progress of backfills, would tell what nobody has run.
        and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('down_fingerprint', 'pass_changed'))
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
    select t.oid::text, t.name,
      coalesce((select jsonb_agg(jsonb_build_object(
          'name', a.attname, 'type', b.typname, 'cast', format_type(b.oid, m.mod), 'category', b.typcategory,
          'length', case when b.typname in ('varchar', 'bpchar') and m.mod > 4 then m.mod - 4
            when b.typname in ('bit', 'varbit') and m.mod > 0 then m.mod end,
          'precision', case when b.typname = 'numeric' and m.mod > 4 then ((m.mod - 4) >> 16) & 65535 end,
          'scale', case when b.typname = 'numeric' and m.mod > 4 then (((m.mod - 4) & 2047) # 1024) - 1024 end,
          'labels', array(select enumlabel from pg_enum where enumtypid in (b.oid, b.typelem) order by enumsortorder),
          'isNullable', not a.attnotnull and not d.typnotnull,
          'domainChecks', array(select pg_get_expr(k.conbin, 0) from pg_constraint k where k.contypid = d.oid and k.contype = 'c')
        ) order by a.attnum)
        from pg_attribute a join pg_type d on d.oid = a.atttypid
        join pg_type b on b.oid = case when d.typtype = 'd' then d.typbasetype else d.oid end
        cross join lateral (select case when d.typtype = 'd' then d.typtypmod else a.atttypmod end) as m (mod)
        where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
          and not exists (select from pg_attrdef f where f.adrelid = a.attrelid and f.adnum = a.attnum
            and pg_get_expr(f.adbin, f.adrelid) like 'nextval(%')), '[]') as columns,
      coalesce((select jsonb_agg(jsonb_build_object('condition', pg_get_expr(k.conbin, k.conrelid),
          'columns', array(select a.attname from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any (k.conkey)))
          order by k.conname)
        from pg_constraint k where k.conrelid = t.oid and k.contype = 'c'), '[]') as checks,
      coalesce((select jsonb_agg(jsonb_build_object('parent', format('%I.%I', pn.nspname, p.relname),
          'columns', array(select a.attname from unnest(k.conkey) with ordinality as u (num, pos)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num order by u.pos),
          'parentColumns', array(select a.attname from unnest(k.confkey) with ordinality as u (num, pos)
            join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num order by u.pos))
          order by cardinality(k.conkey) desc, k.conname)
        from pg_constraint k join pg_class p on p.oid = k.confrelid join pg_namespace pn on pn.oid = p.relnamespace
        where k.conrelid = t.oid and k.contype = 'f' and k.conparentid = 0), '[]') as references,
      array(select distinct a.attname::text from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
        where i.indrelid = t.oid and i.indisunique and i.indnkeyatts = 1) as "uniqueColumns"
    from tables t order by t.name`);
  return rows;
}
