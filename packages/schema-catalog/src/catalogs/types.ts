import { because, firstUserOid, type Source } from '../source.ts';

const { identity, kind, derived, merged } = because;

/** Of all other types they follow from the kind. */
function ofBaseTypes(name: string, column: string, sql = `t.${column}::text`): object {
  return { [column]: { name, sql: `case when t.typtype in ('b', 'p') then nullif(${sql}, '-') end` } };
}

const types: Source = {
  catalog: 'pg_type',
  id: `case when t.typtype = 'c' and t.typacl is null then 'pg_class:' || t.typrelid else 'pg_type:' || t.oid end`,
  kind: `case t.typtype when 'd' then 'domain' when 'e' then 'enum' when 'r' then 'range'
         when 'c' then case when t.typacl is not null then 'row type' end else 'type' end`,
  identity: `t.typnamespace::regnamespace::text || '.' || quote_ident(t.typname)`,
  // Without the types that PostgreSQL makes beside others: arrays, multiranges, rows.
  where: `t.oid >= ${firstUserOid} and t.typtype <> 'm' and (t.typtype <> 'c' or t.typacl is not null)
          and not exists (select from pg_type e where e.typarray = t.oid)`,
  columns: {
    typowner: 'owner',
    typisdefined: { name: 'only a shell', sql: 'not t.typisdefined' },
    typnotnull: 'not null',
    typbasetype: {
      name: 'base type',
      sql: `case when t.typbasetype <> 0 then format_type(t.typbasetype, t.typtypmod) end`,
    },
    typcollation: {
      name: 'collation',
      sql: `case when t.typtype = 'b' then nullif(t.typcollation::regcollation::text, '-')
              when t.typtype = 'd' then (select t.typcollation::regcollation::text from pg_type b
                where b.oid = t.typbasetype and b.typcollation <> t.typcollation) end`,
    },
    typdefault: 'default',
    ...ofBaseTypes('length', 'typlen'),
    ...ofBaseTypes('category', 'typcategory'),
    typbyval: { name: 'passed by value', sql: `t.typtype in ('b', 'p') and t.typbyval` },
    typispreferred: { name: 'preferred', sql: `t.typtype in ('b', 'p') and t.typispreferred` },
    ...ofBaseTypes('delimiter', 'typdelim'),
    ...ofBaseTypes('subscript function', 'typsubscript'),
    ...ofBaseTypes('element', 'typelem', 'format_type(nullif(t.typelem, 0), null)'),
    ...ofBaseTypes('input function', 'typinput'),
    ...ofBaseTypes('output function', 'typoutput'),
    ...ofBaseTypes('receive function', 'typreceive'),
    ...ofBaseTypes('send function', 'typsend'),
    ...ofBaseTypes('modifier input function', 'typmodin'),
    ...ofBaseTypes('modifier output function', 'typmodout'),
    ...ofBaseTypes('analyze function', 'typanalyze'),
    ...ofBaseTypes('alignment', 'typalign'),
    ...ofBaseTypes('storage', 'typstorage'),
  },
  leftOut: {
    oid: identity,
    typname: identity,
    typnamespace: identity,
    typtype: kind,
    typrelid: derived,
    typarray: derived,
    typtypmod: merged,
    typndims: 'PostgreSQL enforces no number of dimensions.',
    typdefaultbin: merged,
  },
  acl: { column: 'typacl', type: `'T'`, owner: 't.typowner' },
};

const enums: Source = {
  catalog: 'pg_enum',
  from: `(select enumtypid, array_agg(enumlabel::text order by enumsortorder) as enumlabel from pg_enum group by 1)`,
  id: `'pg_type:' || t.enumtypid`,
  where: 'true',
  columns: { enumlabel: { name: 'labels', sql: 't.enumlabel' } },
  leftOut: { oid: identity, enumtypid: identity, enumsortorder: 'It is the order of the labels.' },
};

const ranges: Source = {
  catalog: 'pg_range',
  id: `'pg_type:' || t.rngtypid`,
  where: `t.rngtypid >= ${firstUserOid}`,
  columns: {
    rngsubtype: 'subtype',
    rngmultitypid: 'multirange',
    rngcollation: 'collation',
    rngsubopc: 'operator class',
    rngcanonical: 'canonical function',
    rngsubdiff: 'difference function',
  },
  leftOut: { rngtypid: identity },
};

/** Whether the library still orders as it did when the indexes were built: the version itself is of the machine. */
export function isOutdated(recorded: string, actual: string): string {
  return `coalesce(${recorded} <> ${actual}, false)`;
}

const collations: Source = {
  catalog: 'pg_collation',
  id: `'pg_collation:' || t.oid`,
  kind: `'collation'`,
  identity: `t.collnamespace::regnamespace::text || '.' || quote_ident(t.collname)`,
  where: `t.oid >= ${firstUserOid}`,
  columns: {
    collowner: 'owner',
    collprovider: { name: 'provider', codes: { c: 'libc', i: 'icu', b: 'builtin', d: 'default' } },
    collisdeterministic: { name: 'not deterministic', sql: 'not t.collisdeterministic' },
    collencoding: { name: 'encoding', sql: 'pg_encoding_to_char(nullif(t.collencoding, -1))' },
    collcollate: 'collate',
    collctype: 'ctype',
    colliculocale: 'locale',
    colllocale: 'locale',
    collicurules: 'rules',
    collversion: {
      name: 'version outdated',
      sql: isOutdated('t.collversion', 'pg_collation_actual_version(t.oid)'),
    },
  },
  leftOut: { oid: identity, collname: identity, collnamespace: identity },
};

/** Types, and collations. */
export const typeSources: readonly Source[] = [types, enums, ranges, collations];
