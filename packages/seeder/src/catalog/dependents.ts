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
    `SELECT 'foreign key' AS kind, format('%I on %s', k.conname, k.conrelid::regclass) AS name,
            k.conrelid::int8::float8 AS "tableOid",
            format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', k.conrelid::regclass, k.conname) AS drop,
            add || comment AS create,
            CASE WHEN k.convalidated THEN add || ' NOT VALID' || comment END AS "createUnchecked",
            CASE WHEN k.convalidated
                 THEN format('ALTER TABLE %s VALIDATE CONSTRAINT %I', k.conrelid::regclass, k.conname) END AS check
       FROM pg_constraint k
       JOIN pg_class c ON c.oid = k.conrelid
       JOIN pg_class r ON r.oid = k.confrelid
      CROSS JOIN LATERAL (SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname,
                                        pg_get_constraintdef(k.oid)) AS add) a
      CROSS JOIN LATERAL (SELECT coalesce(format('; COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, k.conrelid::regclass,
                                                 obj_description(k.oid, 'pg_constraint')), '') AS comment) m
      WHERE k.contype = 'f' AND (k.conrelid = ANY ($1::oid[]) OR k.confrelid = ANY ($1::oid[]))
        AND c.relkind = 'r' AND NOT c.relispartition AND r.relkind = 'r' AND NOT r.relispartition
      ORDER BY name`,
    [tables.all],
  );
  const indexes = await client.query<Dependent>(
    `SELECT 'index' AS kind, format('%I on %s', x.relname, i.indrelid::regclass) AS name,
            i.indrelid::int8::float8 AS "tableOid",
            CASE WHEN k.oid IS NULL THEN format('DROP INDEX IF EXISTS %s', i.indexrelid::regclass)
                 ELSE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', i.indrelid::regclass, k.conname) END AS drop,
            CASE WHEN k.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
                 ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, k.conname,
                             pg_get_constraintdef(k.oid)) END AS create
       FROM pg_index i
       JOIN pg_class x ON x.oid = i.indexrelid
       JOIN pg_class c ON c.oid = i.indrelid AND c.relkind = 'r' AND NOT c.relispartition
       LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
      WHERE i.indrelid = ANY ($1::oid[])
        AND i.indisvalid AND NOT i.indisreplident AND NOT i.indisclustered AND x.reltablespace = 0
        AND (k.oid IS NULL OR x.reloptions IS NULL)
        AND obj_description(x.oid, 'pg_class') IS NULL AND obj_description(k.oid, 'pg_constraint') IS NULL
        AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = x.oid AND a.attstattarget >= 0)
      ORDER BY i.indisprimary DESC, name`,
    [tables.small],
  );
  const triggers = await client.query<Dependent>(
    `SELECT 'trigger' AS kind, format('%I on %s', t.tgname, t.tgrelid::regclass) AS name,
            t.tgrelid::int8::float8 AS "tableOid",
            format('ALTER TABLE %s DISABLE TRIGGER %I', t.tgrelid::regclass, t.tgname) AS drop,
            format('ALTER TABLE %s ENABLE %s TRIGGER %I', t.tgrelid::regclass,
                   CASE t.tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, t.tgname) AS create
       FROM pg_trigger t
      WHERE t.tgrelid = ANY (SELECT unnest($1::oid[]) UNION SELECT p.relid FROM unnest($1::oid[]) AS root, pg_partition_tree(root) AS p)
        AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgparentid = 0
      ORDER BY name`,
    [tables.all],
  );
  return [...foreignKeys.rows, ...indexes.rows, ...triggers.rows];
}
