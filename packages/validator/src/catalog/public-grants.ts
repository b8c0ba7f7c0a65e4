import type { FindingsCheck } from '../check.ts';
import { catalogCheck, inScope, notOfExtension, type Schemas } from './catalog-check.ts';

/** Privileges of PUBLIC on tables, columns and sequences, and CREATE on schemas: every role of the server has them. */
export function publicGrants(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.public-grant',
    description: 'PUBLIC has no privilege on tables, columns and sequences, and none to create in a schema.',
    severity: 'error',
    values: [schemas],
    sql: `select object, 'PUBLIC has ' || string_agg(privilege, ', ' order by privilege) as message,
        format('revoke %s on %s from PUBLIC;', string_agg(privilege || columns, ', ' order by privilege), target) as fix
      from (
        select c.oid::regclass::text as object, acl.privilege_type as privilege, '' as columns,
          case c.relkind when 'S' then 'SEQUENCE ' else '' end || c.oid::regclass as target
        from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) as acl
        where acl.grantee = 0 and ${inScope} and ${notOfExtension}
        union all
        select format('%s.%I', c.oid::regclass, a.attname), acl.privilege_type, format(' (%I)', a.attname),
          c.oid::regclass::text
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace,
          aclexplode(a.attacl) as acl
        where acl.grantee = 0 and not a.attisdropped and ${inScope} and ${notOfExtension}
        union all
        select 'schema ' || quote_ident(n.nspname), acl.privilege_type, '', 'SCHEMA ' || quote_ident(n.nspname)
        from pg_namespace n, aclexplode(n.nspacl) as acl
        where acl.grantee = 0 and acl.privilege_type = 'CREATE' and ${inScope}) as granted
      group by object, target
      order by 1`,
  });
}
