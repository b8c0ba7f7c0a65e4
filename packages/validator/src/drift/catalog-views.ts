/*
 * MikroORM reads the live schema from information_schema, whose views hide from a role what it does not own (CHECK
 * constraints, view definitions) or has no privilege on (tables, columns, triggers). These stand-ins show everything
 * to everybody, with the columns that MikroORM 7.2.1 asks for.
 */

const TABLES = `(SELECT n.nspname AS table_schema, c.relname AS table_name,
    CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'f' THEN 'FOREIGN' ELSE 'BASE TABLE' END AS table_type
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'f') AND c.relpersistence <> 't')`;

const COLUMNS = `(SELECT n.nspname AS table_schema, c.relname AS table_name, a.attname AS column_name,
    a.attnum AS ordinal_position,
    CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS column_default,
    CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generation_expression,
    CASE WHEN a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) THEN 'NO' ELSE 'YES' END AS is_nullable,
    CASE WHEN b.typelem <> 0 AND b.typlen = -1 THEN 'ARRAY' WHEN bn.nspname = 'pg_catalog'
      THEN format_type(b.oid, NULL) ELSE 'USER-DEFINED' END AS data_type,
    b.typname AS udt_name, bn.nspname AS udt_schema,
    information_schema._pg_char_max_length(b.oid, m.typmod) AS character_maximum_length,
    information_schema._pg_numeric_precision(b.oid, m.typmod) AS numeric_precision,
    information_schema._pg_numeric_scale(b.oid, m.typmod) AS numeric_scale,
    information_schema._pg_datetime_precision(b.oid, m.typmod) AS datetime_precision,
    CASE WHEN a.attidentity <> '' THEN 'YES' ELSE 'NO' END AS is_identity,
    CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END AS identity_generation
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = a.atttypid
  JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
  JOIN pg_namespace bn ON bn.oid = b.typnamespace
  CROSS JOIN LATERAL (SELECT CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END) AS m (typmod)
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'f'))`;

// MikroORM gives this one no alias, which PostgreSQL 15 asks for.
const VIEWS = `(SELECT schemaname AS table_schema, viewname AS table_name, definition AS view_definition FROM pg_views)
  AS views`;

const TRIGGERS = `(SELECT t.tgname AS trigger_name, n.nspname AS event_object_schema, c.relname AS event_object_table,
    e.name AS event_manipulation,
    CASE t.tgtype & 66 WHEN 2 THEN 'BEFORE' WHEN 64 THEN 'INSTEAD OF' ELSE 'AFTER' END AS action_timing,
    CASE t.tgtype & 1 WHEN 1 THEN 'ROW' ELSE 'STATEMENT' END AS action_orientation,
    (regexp_match(pg_get_triggerdef(t.oid), 'WHEN \\((.+)\\) EXECUTE FUNCTION'))[1] AS action_condition
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN (VALUES (4, 'INSERT'), (8, 'DELETE'), (16, 'UPDATE')) AS e (bit, name) ON t.tgtype & e.bit <> 0
  WHERE NOT t.tgisinternal)`;

const CONSTRAINT_COLUMN_USAGE = `(SELECT cn.nspname AS constraint_schema, k.conname AS constraint_name,
    n.nspname AS table_schema, c.relname AS table_name, a.attname AS column_name
  FROM pg_constraint k JOIN pg_namespace cn ON cn.oid = k.connamespace
  JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
  WHERE k.contype = 'c')`;

const STAND_INS: readonly (readonly [string, string])[] = [
  ['information_schema.tables', TABLES],
  ['information_schema.columns', COLUMNS],
  ['information_schema.views', VIEWS],
  ['information_schema.triggers', TRIGGERS],
  ['information_schema.constraint_column_usage', CONSTRAINT_COLUMN_USAGE],
  // MikroORM takes NOT VALID for a part of the expression, and so for a difference.
  [
    'pg_get_constraintdef(pgc.oid)',
    `regexp_replace(pg_get_constraintdef(pgc.oid), ' NOT (VALID|ENFORCED)$', '')`,
  ],
];

/** A catalog query of MikroORM, reading the stand-ins. */
export function withCatalogViews(sql: string): string {
  return STAND_INS.reduce((text, [view, standIn]) => text.replaceAll(view, () => standIn), sql);
}
