import { because, firstUserOid, ownName, type Source } from '../source.ts';

const { identity, physical, secret, transient } = because;

const roles: Source = {
  catalog: 'pg_authid',
  from: 'pg_roles',
  id: `'pg_authid:' || t.oid`,
  kind: `'role'`,
  identity: `quote_ident(t.rolname)`,
  // Also the superuser of initdb; the others of initdb are the same everywhere.
  where: `t.oid >= ${firstUserOid} or t.oid = 10`,
  columns: {
    rolsuper: 'superuser',
    rolinherit: { name: 'no inherit', sql: 'not t.rolinherit' },
    rolcreaterole: 'create role',
    rolcreatedb: 'create database',
    rolcanlogin: 'login',
    rolreplication: 'replication',
    rolbypassrls: 'bypass row security',
    rolconnlimit: { name: 'connection limit', unless: '-1' },
    rolvaliduntil: 'valid until',
  },
  leftOut: { oid: identity, rolname: identity, rolpassword: secret },
  isClusterWide: true,
};

const membershipKey = `'pg_auth_members:' || t.roleid || '-' || t.member || '-' || t.grantor`;

const memberships: Source = {
  catalog: 'pg_auth_members',
  id: membershipKey,
  kind: `'membership'`,
  identity: `${ownName('t.member')} || ' in ' || ${ownName('t.roleid')}
             || case when t.grantor = 10 then '' else ' by ' || ${ownName('t.grantor')} end`,
  parents: `array['pg_authid:' || t.roleid, 'pg_authid:' || t.member]`,
  where: `t.roleid >= ${firstUserOid} or t.member >= ${firstUserOid} or t.member = 10`,
  columns: {
    admin_option: 'admin',
    inherit_option: { name: 'no inherit', sql: 'not t.inherit_option' },
    set_option: { name: 'no set', sql: 'not t.set_option' },
  },
  leftOut: { oid: identity, roleid: identity, member: identity, grantor: identity },
  isClusterWide: true,
};

const database = `t.datname = current_database()`;
const thisDatabase = `(select d.oid from pg_database d where d.datname = current_database())`;

/** Settings of a role, or of the database, or of both. */
function settings(id: string, where: string, name: string): Source {
  return {
    catalog: 'pg_db_role_setting',
    id,
    where,
    columns: { setconfig: { name, isOptions: true } },
    leftOut: { setdatabase: identity, setrole: identity },
    isClusterWide: true,
  };
}

/** What is of the cluster, and the database as a whole: other databases share it, or the same schema has it elsewhere. */
export const clusterSources: readonly Source[] = [
  roles,
  memberships,
  {
    catalog: 'pg_database',
    id: `'pg_database:' || t.oid`,
    kind: `'database'`,
    identity: `'(this)'`,
    where: database,
    columns: {
      datdba: { name: 'owner', sql: ownName('t.datdba') },
      encoding: { name: 'encoding', sql: 'pg_encoding_to_char(t.encoding)' },
      datlocprovider: { name: 'locale provider', codes: { c: 'libc', i: 'icu', b: 'builtin' } },
      datistemplate: 'template',
      datallowconn: { name: 'no connections', sql: 'not t.datallowconn' },
      datconnlimit: { name: 'connection limit', unless: '-1' },
      dattablespace: { name: 'tablespace', unless: 'pg_default' },
      datcollate: 'collate',
      datctype: 'ctype',
      daticulocale: 'locale',
      datlocale: 'locale',
      daticurules: 'rules',
      datcollversion: {
        name: 'collation version outdated',
        sql: `coalesce(t.datcollversion <> pg_database_collation_actual_version(t.oid), false)`,
      },
    },
    leftOut: {
      oid: identity,
      datname: 'A copy of a database has another name.',
      dathasloginevt: 'The event trigger is a fact of its own.',
      datfrozenxid: physical,
      datminmxid: physical,
    },
    acl: { column: 'datacl', type: `'d'`, owner: 't.datdba' },
    isClusterWide: true,
  },
  settings(`'pg_authid:' || t.setrole`, `t.setdatabase = 0 and t.setrole <> 0`, 'setting'),
  settings(
    `'pg_authid:' || t.setrole`,
    `t.setdatabase = ${thisDatabase} and t.setrole <> 0`,
    'setting in this database',
  ),
  settings(`'pg_database:' || t.setdatabase`, `t.setdatabase = ${thisDatabase} and t.setrole = 0`, 'setting'),
  settings(
    `'pg_database:' || ${thisDatabase}`,
    `t.setdatabase = 0 and t.setrole = 0`,
    'setting of all roles',
  ),
  {
    catalog: 'pg_tablespace',
    id: `'pg_tablespace:' || t.oid`,
    kind: `'tablespace'`,
    identity: `quote_ident(t.spcname)`,
    where: `t.oid >= ${firstUserOid}`,
    columns: { spcowner: 'owner', spcoptions: { name: 'option', isOptions: true } },
    leftOut: { oid: identity, spcname: identity },
    acl: { column: 'spcacl', type: `'t'`, owner: 't.spcowner' },
    isClusterWide: true,
  },
  {
    catalog: 'pg_parameter_acl',
    id: `'pg_parameter_acl:' || t.oid`,
    kind: `'parameter'`,
    identity: `quote_ident(t.parname)`,
    where: 'true',
    leftOut: { oid: identity, parname: identity },
    acl: { column: 'paracl', type: `'p'`, owner: '10::oid' },
    isClusterWide: true,
  },
  {
    catalog: 'pg_subscription',
    id: `'pg_subscription:' || t.oid`,
    kind: `'subscription'`,
    identity: `quote_ident(t.subname)`,
    where: `t.subdbid = ${thisDatabase}`,
    columns: {
      subowner: 'owner',
      subenabled: { name: 'disabled', sql: 'not t.subenabled' },
      subbinary: 'binary',
      substream: { name: 'streaming', sql: `nullif(nullif(t.substream::text, 'f'), 'false')` },
      subtwophasestate: { name: 'two phase', sql: `t.subtwophasestate <> 'd'` },
      subdisableonerr: 'disable on error',
      subpasswordrequired: { name: 'no password required', sql: 'not t.subpasswordrequired' },
      subrunasowner: 'run as owner',
      subfailover: 'failover',
      subslotname: 'slot',
      subsynccommit: 'synchronous commit',
      subpublications: {
        name: 'publications',
        sql: `(select array_agg(p order by p) from unnest(t.subpublications) p)`,
      },
      suborigin: 'origin',
    },
    leftOut: {
      oid: identity,
      subdbid: identity,
      subname: identity,
      subskiplsn: transient,
      subconninfo: secret,
    },
  },
];
