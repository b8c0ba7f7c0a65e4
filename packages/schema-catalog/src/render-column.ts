import type { CatalogColumn } from './server-catalogs.ts';
import { ownName, roleName } from './source.ts';

/** Types whose text is the same in every database. */
const plain = new Set([
  'boolean',
  '"char"',
  'name',
  'text',
  'smallint',
  'integer',
  'bigint',
  'real',
  'timestamp with time zone',
  'regproc',
]);
const lists = new Set(['text[]', '"char"[]', 'name[]']);

/** How OIDs of a catalog become names; of the others PostgreSQL knows the identity. */
const names: Readonly<Record<string, (oid: string) => string>> = {
  pg_type: (oid) => `format_type(nullif(${oid}, 0), null)`,
  pg_proc: (oid) => `nullif(${oid}::regprocedure::text, '-')`,
  pg_class: (oid) => `nullif(${oid}::regclass::text, '-')`,
  pg_operator: (oid) => `nullif(${oid}::regoperator::text, '0')`,
  pg_collation: (oid) => `nullif(${oid}::regcollation::text, '-')`,
  pg_namespace: (oid) => `nullif(${oid}::regnamespace::text, '-')`,
};

/**
 * SQL of a column of the row `t` as a boolean, a text or a text[]: OIDs by the names of what they refer to, which the
 * server knows of every catalog.
 *
 * @returns undefined for a type that it does not know how to read
 */
export function renderColumn(column: CatalogColumn, isClusterWide: boolean): string | undefined {
  const value = `t.${column.column}`;
  if (column.refersTo !== undefined && column.refersTo !== null) {
    const name = nameOf(column.refersTo, isClusterWide);
    if (!column.isArray) return name(column.type === 'regproc' ? `${value}::oid` : value);
    return `(select array_agg(${name('e.oid')} order by e.n) from unnest(${value}) with ordinality e (oid, n))`;
  }
  if (lists.has(column.type)) return `${value}::text[]`;
  if (!plain.has(column.type)) return undefined;
  return column.type === 'boolean' ? value : `${value}::text`;
}

function nameOf(catalog: string, isClusterWide: boolean): (oid: string) => string {
  if (catalog === 'pg_authid') return isClusterWide ? ownName : roleName;
  return (
    names[catalog] ??
    ((oid) => `(select i.identity from pg_identify_object('${catalog}'::regclass, ${oid}, 0) i)`)
  );
}
