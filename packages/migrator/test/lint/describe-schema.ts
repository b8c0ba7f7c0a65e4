import type { Client } from 'pg';
import { column } from '../fixtures.ts';

/** What the schemas `public` and `shop` consist of, one line each. */
export function describeSchema(client: Client): Promise<unknown[]> {
  return column(
    client,
    `with relation as (select c.*, nspname from pg_class c join pg_namespace n on n.oid = relnamespace where nspname in ('public', 'shop'))
    select format('relation %s.%s %s %s %s %s', nspname, relname, relkind, relpersistence, reloptions, relispartition) from relation
    union all
    select format('column %s.%s.%s %s %s %s %s', nspname, relname, attname, format_type(atttypid, atttypmod), attnotnull,
        pg_get_expr(adbin, adrelid), concat(attidentity, attgenerated))
      from pg_attribute join relation on relation.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attnum > 0 and not attisdropped
    union all
    select format('constraint %s on %s%s %s', conname, conrelid::regclass, contypid::regtype, pg_get_constraintdef(k.oid))
      from pg_constraint k join pg_namespace n on n.oid = connamespace where nspname in ('public', 'shop')
    union all
    select format('index %s %s %s of %s', pg_get_indexdef(indexrelid), indisvalid, indisreplident,
        (select inhparent::regclass from pg_inherits where inhrelid = indexrelid))
      from pg_index join relation on relation.oid = indrelid
    union all
    select format('sequence %s.%s %s %s of %s.%s', schemaname, sequencename, data_type, start_value, refobjid::regclass, refobjsubid)
      from pg_sequences left join pg_depend on objid = format('%I.%I', schemaname, sequencename)::regclass and deptype in ('a', 'i')
      and refclassid = 'pg_class'::regclass
      where schemaname in ('public', 'shop')
    union all
    select format('partition %s of %s', inhrelid::regclass, inhparent::regclass) from pg_inherits
    union all
    select format('value %s of %s', enumlabel, enumtypid::regtype) from pg_enum
    order by 1`,
  );
}
