import type { ClientBase } from 'pg';

/** A column of a system catalog as this server has it. */
export interface CatalogColumn {
  catalog: string;
  column: string;
  type: string;
  isReadable: boolean;
  /** The catalog whose rows its OIDs are of. */
  refersTo?: string;
  /** Whether it has many of them. */
  isArray?: boolean;
}

/** What this server's catalogs are made of, and what queries on them have to know. */
export interface ServerCatalogs {
  major: number;
  columns: readonly CatalogColumn[];
  /** The OID of the role that facts call the schema owner. */
  schemaOwner: string;
}

// Two catalogs have columns that only a superuser may read; these views of them are for everybody.
const columnsQuery = `
  select c.relname as catalog, a.attname as column, format_type(a.atttypid, null) as type,
         has_column_privilege(c.oid, a.attnum, 'select') as "isReadable",
         f.catalog as "refersTo", f.is_array as "isArray"
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join (select fktable, fkcols[1] as col, min(pktable::text) as catalog, bool_or(is_array) as is_array
                 from pg_get_catalog_foreign_keys() where cardinality(fkcols) = 1 group by 1, 2) f
      on f.fktable = c.oid and f.col = a.attname
   where c.relnamespace = 'pg_catalog'::regnamespace
     and (c.relkind = 'r' or c.relname in ('pg_roles', 'pg_user_mappings'))
   order by c.relname, a.attnum`;

const serverQuery = `
  select current_setting('server_version_num')::int / 10000 as major,
         coalesce((select oid from pg_roles where rolname = $1), datdba)::text as "schemaOwner"
    from pg_database where datname = current_database()`;

/**
 * Asks the server which catalogs it has, and which column refers to which.
 *
 * @param schemaOwner a role; default: the owner of the database
 */
export async function readServerCatalogs(client: ClientBase, schemaOwner?: string): Promise<ServerCatalogs> {
  const columns = await client.query(columnsQuery);
  const server = await client.query(serverQuery, [schemaOwner ?? null]);
  return { ...server.rows[0], columns: columns.rows };
}
