import type { FindingsCheck } from '../check.ts';
import { catalogCheck, IN_SCOPE, NOT_OF_EXTENSION, type Schemas } from './catalog-check.ts';

/** Privileges of PUBLIC on tables, columns and sequences, and CREATE on schemas: every role of the server has them. */
export function publicGrants(schemas: Schemas): FindingsCheck {
  return catalogCheck({
    id: 'catalog.public-grant',
    description: 'PUBLIC has no privilege on tables, columns and sequences, and none to create in a schema.',
    severity: 'error',
    values: [schemas],
    sql: `SELECT object, 'PUBLIC has ' || string_agg(privilege, ', ' ORDER BY privilege) AS message,
        format('REVOKE %s ON %s FROM PUBLIC;', string_agg(privilege || columns, ', ' ORDER BY privilege), target) AS fix
      FROM (
        SELECT c.oid::regclass::text AS object, acl.privilege_type AS privilege, '' AS columns,
          CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END || c.oid::regclass AS target
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) AS acl
        WHERE acl.grantee = 0 AND ${IN_SCOPE} AND ${NOT_OF_EXTENSION}
        UNION ALL
        SELECT format('%s.%I', c.oid::regclass, a.attname), acl.privilege_type, format(' (%I)', a.attname),
          c.oid::regclass::text
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
          aclexplode(a.attacl) AS acl
        WHERE acl.grantee = 0 AND NOT a.attisdropped AND ${IN_SCOPE} AND ${NOT_OF_EXTENSION}
        UNION ALL
        SELECT 'schema ' || quote_ident(n.nspname), acl.privilege_type, '', 'SCHEMA ' || quote_ident(n.nspname)
        FROM pg_namespace n, aclexplode(n.nspacl) AS acl
        WHERE acl.grantee = 0 AND acl.privilege_type = 'CREATE' AND ${IN_SCOPE}) AS granted
      GROUP BY object, target
      ORDER BY 1`,
  });
}
