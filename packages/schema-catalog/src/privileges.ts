import { type Acl, ownName, roleName } from './source.ts';

/**
 * SQL of a jsonb: by grantee, the privileges where they differ from those that the object begins with. So an ACL that
 * is null says the same as one that spells the default, on every version, and with every name of the owner.
 */
export function privilegesSql(catalog: string, acl: Acl, isClusterWide: boolean): string {
  const { column, type, owner, object = 't.oid', sub = '0' } = acl;
  const classOf = catalog === 'pg_attribute' ? 'pg_class' : catalog;
  const name = isClusterWide ? ownName : roleName;
  const exploded = (acl: string, grantor: string): string =>
    `(select case e.grantee when ${grantor} then 'owner' when 0 then 'public' else ${name('e.grantee')} end as grantee, string_agg(e.privilege_type
         || case when e.is_grantable then ' with grant option' else '' end
         || case when e.grantor = ${grantor} or e.grantor = 10 then '' else ' by ' || ${name('e.grantor')} end,
         ', ' order by e.privilege_type, e.grantor::text) as privileges
      from aclexplode(${acl}) e group by 1)`;
  // Who owned it then has granted all of it.
  const initial = `coalesce((select p.initprivs from pg_init_privs p where p.objoid = ${object}
    and p.classoid = '${classOf}'::regclass and p.objsubid = ${sub}), acldefault(${type}, ${owner}))`;
  return `case when t.${column} is not null then (select jsonb_object_agg(grantee, coalesce(g.privileges, 'none'))
    from ${exploded(`t.${column}`, owner)} g full join ${exploded(initial, 'e.grantor')} i using (grantee)
    where g.privileges is distinct from i.privileges) end`;
}
