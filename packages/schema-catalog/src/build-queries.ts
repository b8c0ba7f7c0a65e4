import { leftOutCatalogs } from './catalogs/others.ts';
import { sources } from './catalogs/sources.ts';
import { privilegesSql } from './privileges.ts';
import { renderColumn } from './render-column.ts';
import type { CatalogColumn, ServerCatalogs } from './server-catalogs.ts';
import { schemaOwner, type ColumnReading, type Source } from './source.ts';

/** How a value of a result becomes an attribute, or several. */
export type AttributeReading = Pick<ColumnReading, 'name' | 'codes' | 'unless' | 'isOptions'>;

/** A query on a catalog: its rows begin with id, kind, identity, parents, and whether only privileges are read. */
export interface CatalogQuery {
  sql: string;
  attributes: readonly AttributeReading[];
}

/** How many values of a row come before those of `attributes`. */
export const fixedValues = 5;

/** The queries for this server's catalogs, and what of these they do not read. */
export function buildQueries(server: ServerCatalogs): { queries: CatalogQuery[]; unread: string[] } {
  const queries: CatalogQuery[] = [];
  const handled = new Set<string>();
  const forbidden: string[] = [];
  for (const source of sources) {
    const columns = server.columns.filter(({ catalog }) => catalog === source.catalog);
    if (columns.length === 0 || (source.since ?? 0) > server.major) continue;
    queries.push(buildQuery(source, columns, server, { handled, forbidden }));
  }
  const unread = server.columns
    .filter(({ catalog }) => !(catalog in leftOutCatalogs) && !views.has(catalog))
    .map(({ catalog, column }) => `${catalog}.${column}`)
    .filter((name) => !handled.has(name))
    .map((name) => `${name} is of a version of PostgreSQL that this one does not know`);
  return { queries, unread: [...unread, ...forbidden] };
}

/** Catalogs with no rows of initdb that others may grant anything on. */
const ownPrivileges = new Set(['pg_default_acl', 'pg_parameter_acl', 'pg_database']);

const views = new Set(['pg_roles', 'pg_user_mappings']);

function buildQuery(
  source: Source,
  columns: readonly CatalogColumn[],
  server: ServerCatalogs,
  { handled, forbidden }: { handled: Set<string>; forbidden: string[] },
): CatalogQuery {
  const attributes: AttributeReading[] = [];
  const values: string[] = [];
  const isClusterWide = source.isClusterWide ?? false;
  const named = source.columns ?? {};
  for (const column of columns) {
    const name = `${source.catalog}.${column.column}`;
    if (column.column in (source.leftOut ?? {}) || column.column === source.acl?.column) {
      handled.add(name);
      continue;
    }
    // A source that adds what is special to others' objects reads nothing else.
    const reading = named[column.column];
    if (reading === undefined && source.kind === undefined && hasMainSource(source)) continue;
    const { sql = renderColumn(column, isClusterWide), ...rest } =
      typeof reading === 'object' ? reading : { name: reading ?? column.column };
    if (sql === undefined) continue;
    handled.add(name);
    if (!isReadable(source, column, server)) {
      forbidden.push(`this role may not read ${name}`);
      continue;
    }
    values.push(sql);
    attributes.push(rest);
  }
  for (const { sql, since = 0, ...rest } of source.extra ?? []) {
    if (since > server.major) continue;
    values.push(sql);
    attributes.push(rest);
  }
  if (source.acl) {
    values.push(privilegesSql(source.catalog, source.acl, isClusterWide));
    attributes.push({ name: 'privileges of' });
  }
  const { id, kind = 'null', identity = 'null', parents = 'null::text[]', where } = source;
  const touched = source.acl && changedPrivileges(source);
  const text = `select ${[id, kind, identity, parents, touched ? `not (${where})` : 'false', ...values].join(',\n')}
    from ${source.from ?? source.catalog} t where (${where})${touched ? ` or (${touched})` : ''}`;
  return { sql: text.replaceAll(schemaOwner, server.schemaOwner), attributes };
}

/** A condition on what initdb or an extension has made: somebody has granted or revoked something since. */
function changedPrivileges({ catalog, acl }: Source): string | undefined {
  if (!acl || ownPrivileges.has(catalog)) return undefined;
  const { column, object = 't.oid', sub = '0' } = acl;
  return `t.${column} is not null and not exists (select from pg_init_privs p where p.objoid = ${object}
    and p.classoid = '${classOf(catalog)}'::regclass and p.objsubid = ${sub} and p.initprivs = t.${column})`;
}

function classOf(catalog: string): string {
  return catalog === 'pg_attribute' ? 'pg_class' : catalog;
}

function hasMainSource(source: Source): boolean {
  return sources.some(({ catalog, kind }) => catalog === source.catalog && kind !== undefined);
}

/** Of a view of a catalog, and of a subquery, the server checks what it may read itself. */
function isReadable(source: Source, column: CatalogColumn, server: ServerCatalogs): boolean {
  if (source.from === undefined) return column.isReadable;
  const inView = server.columns.find(
    ({ catalog, column: name }) => catalog === source.from && name === column.column,
  );
  return inView?.isReadable ?? true;
}
