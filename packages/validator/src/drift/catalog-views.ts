/*
 * MikroORM reads the live schema from information_schema, whose views hide from a role what it does not own (CHECK
 * constraints, view definitions) or has no privilege on (tables, columns, triggers). These stand-ins show everything
 * to everybody, with the columns that MikroORM 7.2.1 asks for.
 */

const tables = `(select n.nspname as table_schema, c.relname as table_name,
    case c.relkind when 'v' then 'VIEW' when 'f' then 'FOREIGN' else 'BASE TABLE' end as table_type
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'f') and c.relpersistence <> 't')`;

const columns = `(select n.nspname as table_schema, c.relname as table_name, a.attname as column_name,
    a.attnum as ordinal_position,
    case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end as column_default,
    case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end as generation_expression,
    case when a.attnotnull or (t.typtype = 'd' and t.typnotnull) then 'NO' else 'YES' end as is_nullable,
    case when b.typelem <> 0 and b.typlen = -1 then 'ARRAY' when bn.nspname = 'pg_catalog'
      then format_type(b.oid, null) else 'USER-DEFINED' end as data_type,
    b.typname as udt_name, bn.nspname as udt_schema,
    information_schema._pg_char_max_length(b.oid, m.typmod) as character_maximum_length,
    information_schema._pg_numeric_precision(b.oid, m.typmod) as numeric_precision,
    information_schema._pg_numeric_scale(b.oid, m.typmod) as numeric_scale,
    information_schema._pg_datetime_precision(b.oid, m.typmod) as datetime_precision,
    case when a.attidentity <> '' then 'YES' else 'NO' end as is_identity,
    case a.attidentity when 'a' then 'ALWAYS' when 'd' then 'BY DEFAULT' end as identity_generation
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_type t on t.oid = a.atttypid
  join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
  join pg_namespace bn on bn.oid = b.typnamespace
  cross join lateral (select case when t.typtype = 'd' then t.typtypmod else a.atttypmod end) as m (typmod)
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'f'))`;

// MikroORM gives this one no alias, which PostgreSQL 15 asks for.
const views = `(select schemaname as table_schema, viewname as table_name, definition as view_definition from pg_views)
  as views`;

const triggers = `(select t.tgname as trigger_name, n.nspname as event_object_schema, c.relname as event_object_table,
    e.name as event_manipulation,
    case t.tgtype & 66 when 2 then 'BEFORE' when 64 then 'INSTEAD OF' else 'AFTER' end as action_timing,
    case t.tgtype & 1 when 1 then 'ROW' else 'STATEMENT' end as action_orientation,
    (regexp_match(pg_get_triggerdef(t.oid), 'WHEN \\((.+)\\) EXECUTE FUNCTION'))[1] as action_condition
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  join (values (4, 'INSERT'), (8, 'DELETE'), (16, 'UPDATE')) as e (bit, name) on t.tgtype & e.bit <> 0
  where not t.tgisinternal)`;

const constraintColumnUsage = `(select cn.nspname as constraint_schema, k.conname as constraint_name,
    n.nspname as table_schema, c.relname as table_name, a.attname as column_name
  from pg_constraint k join pg_namespace cn on cn.oid = k.connamespace
  join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
  where k.contype = 'c')`;

const standIns: readonly (readonly [string, string])[] = [
  ['information_schema.tables', tables],
  ['information_schema.columns', columns],
  ['information_schema.views', views],
  ['information_schema.triggers', triggers],
  ['information_schema.constraint_column_usage', constraintColumnUsage],
  // MikroORM takes NOT VALID for a part of the expression, and so for a difference.
  [
    'pg_get_constraintdef(pgc.oid)',
    `regexp_replace(pg_get_constraintdef(pgc.oid), ' NOT (VALID|ENFORCED)$', '')`,
  ],
  [
    `(select ('"' || table_schema || '"."' || table_name || '"')::regclass::oid)`,
    oidOf('table_schema', 'table_name'),
  ],
];

/** A table with its schema, cast to regclass, for which a role needs USAGE of the schema. */
const regclass = /(?<!\w)'"((?:[^"\\]|"")+)"\."((?:[^"\\]|"")+)"'::regclass/g;

function oidOf(schema: string, table: string): string {
  return `(select o.oid from pg_class o where o.relname = ${table}
    and o.relnamespace = (select s.oid from pg_namespace s where s.nspname = ${schema}))`;
}

/** A catalog query of MikroORM, reading the stand-ins. */
export function withCatalogViews(sql: string): string {
  // Single quotes are doubled already.
  const literal = (name: string) => `'${name.replaceAll('""', '"')}'`;
  return standIns
    .reduce((text, [view, standIn]) => text.replaceAll(view, () => standIn), sql)
    .replaceAll(regclass, (_all, schema: string, table: string) => oidOf(literal(schema), literal(table)));
}
