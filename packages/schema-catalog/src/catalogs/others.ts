import { because, firstUserOid, roleName, type Source } from '../source.ts';

const { identity, secret, transient } = because;

/** A comment or a label, on whatever object. */
function noted(
  catalog: string,
  sub: boolean,
  value: string,
  sql: string,
  columns: readonly string[],
): Source {
  const shared = catalog.startsWith('pg_sh');
  return {
    catalog,
    // A composite type is the relation of the same name.
    id: `case when t.classoid = 'pg_type'::regclass and exists (select from pg_type y where y.oid = t.objoid and y.typtype = 'c')
           then 'pg_class:' || (select y.typrelid from pg_type y where y.oid = t.objoid)
           else t.classoid::regclass::text || ':' || t.objoid ${sub ? `|| case t.objsubid when 0 then '' else ':' || t.objsubid end` : ''} end`,
    where: shared
      ? `(t.objoid >= ${firstUserOid} or t.classoid = 'pg_database'::regclass)`
      : `(t.objoid >= ${firstUserOid} or t.classoid = 'pg_namespace'::regclass)`,
    extra: [{ name: value, sql }],
    leftOut: Object.fromEntries(
      ['objoid', 'classoid', ...(sub ? ['objsubid'] : []), ...columns].map((column) => [column, identity]),
    ),
  };
}

const label = `jsonb_build_object(t.provider, t.label)`;

/** Extensions, foreign data, publications, default privileges, comments and labels. */
export const otherSources: readonly Source[] = [
  {
    catalog: 'pg_extension',
    id: `'pg_extension:' || t.oid`,
    kind: `'extension'`,
    identity: `quote_ident(t.extname)`,
    where: 'true',
    columns: {
      extowner: {
        name: 'owner',
        sql: `case when t.oid >= ${firstUserOid} then ${roleName('t.extowner')} end`,
      },
      extnamespace: 'schema',
      extversion: 'version',
      extconfig: 'configuration tables',
      extcondition: 'configuration conditions',
    },
    leftOut: { oid: identity, extname: identity, extrelocatable: `The version says it.` },
  },
  {
    catalog: 'pg_foreign_data_wrapper',
    id: `'pg_foreign_data_wrapper:' || t.oid`,
    kind: `'foreign data wrapper'`,
    identity: `quote_ident(t.fdwname)`,
    where: `t.oid >= ${firstUserOid}`,
    columns: {
      fdwowner: 'owner',
      fdwhandler: 'handler',
      fdwvalidator: 'validator',
      fdwoptions: { name: 'option', isOptions: true },
    },
    leftOut: { oid: identity, fdwname: identity },
    acl: { column: 'fdwacl', type: `'F'`, owner: 't.fdwowner' },
  },
  {
    catalog: 'pg_foreign_server',
    id: `'pg_foreign_server:' || t.oid`,
    kind: `'foreign server'`,
    identity: `quote_ident(t.srvname)`,
    where: `t.oid >= ${firstUserOid}`,
    columns: {
      srvowner: 'owner',
      srvfdw: 'wrapper',
      srvtype: 'type',
      srvversion: 'version',
      srvoptions: { name: 'option', isOptions: true },
    },
    leftOut: { oid: identity, srvname: identity },
    acl: { column: 'srvacl', type: `'S'`, owner: 't.srvowner' },
  },
  {
    catalog: 'pg_user_mapping',
    from: `(select m.umid as oid, m.srvname, m.umuser from pg_user_mappings m)`,
    id: `'pg_user_mapping:' || t.oid`,
    kind: `'user mapping'`,
    identity: `${roleName('t.umuser')} || ' on ' || quote_ident(t.srvname)`,
    where: 'true',
    leftOut: { oid: identity, umuser: identity, umserver: identity, umoptions: secret },
  },
  {
    catalog: 'pg_publication',
    id: `'pg_publication:' || t.oid`,
    kind: `'publication'`,
    identity: `quote_ident(t.pubname)`,
    where: 'true',
    columns: {
      pubowner: 'owner',
      puballtables: 'all tables',
      pubinsert: { name: 'no insert', sql: 'not t.pubinsert' },
      pubupdate: { name: 'no update', sql: 'not t.pubupdate' },
      pubdelete: { name: 'no delete', sql: 'not t.pubdelete' },
      pubtruncate: { name: 'no truncate', sql: 'not t.pubtruncate' },
      pubviaroot: 'via root',
      pubgencols: { name: 'generated columns', sql: `t.pubgencols::text not in ('n', 'false')` },
    },
    leftOut: { oid: identity, pubname: identity },
  },
  {
    catalog: 'pg_publication_rel',
    id: `'pg_publication_rel:' || t.oid`,
    kind: `'published table'`,
    identity: `(select quote_ident(p.pubname) from pg_publication p where p.oid = t.prpubid)
               || ': ' || t.prrelid::regclass::text`,
    parents: `array['pg_publication:' || t.prpubid]`,
    where: 'true',
    columns: {
      prqual: { name: 'where', sql: 'pg_get_expr(t.prqual, t.prrelid)' },
      prattrs: {
        name: 'columns',
        sql: `(select array_agg(quote_ident(a.attname) order by a.attname) from pg_attribute a
                where a.attrelid = t.prrelid and a.attnum = any(t.prattrs))`,
      },
    },
    leftOut: { oid: identity, prpubid: identity, prrelid: identity },
  },
  {
    catalog: 'pg_publication_namespace',
    id: `'pg_publication_namespace:' || t.oid`,
    kind: `'published schema'`,
    identity: `(select quote_ident(p.pubname) from pg_publication p where p.oid = t.pnpubid)
               || ': ' || t.pnnspid::regnamespace::text`,
    parents: `array['pg_publication:' || t.pnpubid]`,
    where: 'true',
    leftOut: { oid: identity, pnpubid: identity, pnnspid: identity },
  },
  {
    catalog: 'pg_default_acl',
    id: `'pg_default_acl:' || t.oid`,
    kind: `'default privileges'`,
    identity: `'of ' || ${roleName('t.defaclrole')} || ' on '
               || case t.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
                    when 'T' then 'types' when 'n' then 'schemas' when 'L' then 'large objects'
                    else t.defaclobjtype::text end
               || case when t.defaclnamespace = 0 then '' else ' in ' || t.defaclnamespace::regnamespace::text end`,
    where: 'true',
    leftOut: { oid: identity, defaclrole: identity, defaclnamespace: identity, defaclobjtype: identity },
    acl: {
      column: 'defaclacl',
      // Those of a schema are added to the others: they begin with none.
      type: `case when t.defaclnamespace <> 0 then 'c'::"char" when t.defaclobjtype = 'S' then 's' else t.defaclobjtype end`,
      owner: 't.defaclrole',
    },
  },
  noted('pg_description', true, 'comment', 't.description', ['description']),
  noted('pg_shdescription', false, 'comment', 't.description', ['description']),
  noted('pg_seclabel', true, 'security label', label, ['provider', 'label']),
  noted('pg_shseclabel', false, 'security label', label, ['provider', 'label']),
];

/** Catalogs that are not read, each with the reason. */
export const leftOutCatalogs: Readonly<Record<string, string>> = {
  pg_depend:
    'Which object is dropped with which is in the parents of the facts, whose extension it is decides what is read.',
  pg_shdepend: 'The objects say it themselves.',
  pg_init_privs: 'Privileges are read as far as they differ from it.',
  pg_largeobject: 'It is data.',
  pg_largeobject_metadata: 'It is data.',
  pg_statistic: 'It is made by ANALYZE.',
  pg_statistic_ext_data: 'It is made by ANALYZE.',
  pg_replication_origin: transient,
  pg_subscription_rel: transient,
};
