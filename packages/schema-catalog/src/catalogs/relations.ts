import { because, firstUserOid, roleName, type Source } from '../source.ts';

const { identity, kind, definition, physical, derived, merged, transient } = because;

const isIndex = `t.relkind in ('i', 'I')`;
const isView = `t.relkind in ('v', 'm')`;

const relations: Source = {
  catalog: 'pg_class',
  id: `'pg_class:' || t.oid`,
  kind: `case t.relkind when 'r' then 'table' when 'p' then 'table' when 'f' then 'foreign table' when 'v' then 'view'
         when 'm' then 'materialized view' when 'i' then 'index' when 'I' then 'index' when 'S' then 'sequence'
         when 'c' then 'composite type' else 'relation' end`,
  identity: `t.relnamespace::regnamespace::text || '.' || quote_ident(t.relname)`,
  parents: `array['pg_type:' || t.reltype]`,
  where: `t.relkind <> 't' and t.relpersistence <> 't' and t.relnamespace <> 'pg_toast'::regnamespace and t.oid >= ${firstUserOid}`,
  columns: {
    reloftype: 'of type',
    // An index and a sequence of a column have the owner of their table.
    relowner: {
      name: 'owner',
      sql: `case when ${isIndex} or exists (select from pg_depend d where t.relkind = 'S'
              and d.classid = 'pg_class'::regclass and d.objid = t.oid and d.deptype in ('a', 'i')) then null
            else ${roleName('t.relowner')} end`,
    },
    relam: { name: 'access method', unless: 'heap' },
    reltablespace: 'tablespace',
    relpersistence: { name: 'persistence', codes: { p: 'permanent', u: 'unlogged' }, unless: 'permanent' },
    relrowsecurity: 'row security',
    relforcerowsecurity: 'row security of the owner',
    relispopulated: { name: 'populated', sql: `t.relkind = 'm' and t.relispopulated` },
    relreplident: {
      name: 'replica identity',
      sql: `case t.relreplident when 'n' then case when t.relkind in ('r', 'p') then 'nothing' end when 'f' then 'full'
            when 'i' then coalesce('index ' || (select i.indexrelid::regclass::text from pg_index i
                                    where i.indrelid = t.oid and i.indisreplident), 'an index that is gone') when 'd' then null else t.relreplident::text end`,
    },
    relpartbound: { name: 'partition bound', sql: 'pg_get_expr(t.relpartbound, t.oid)' },
    reloptions: { name: 'option', isOptions: true },
  },
  extra: [
    {
      name: 'inherits',
      sql: `(select array_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_inherits i where i.inhrelid = t.oid)`,
    },
    {
      name: 'detach pending',
      sql: `t.relispartition and exists (select from pg_inherits i where i.inhrelid = t.oid and i.inhdetachpending)`,
    },
    { name: 'partition key', sql: `case when t.relkind = 'p' then pg_get_partkeydef(t.oid) end` },
    {
      name: 'definition',
      sql: `case when ${isView} then pg_get_viewdef(t.oid) when ${isIndex} then pg_get_indexdef(t.oid) end`,
    },
    {
      name: 'column order',
      sql: `case when t.relkind in ('r', 'p', 'f', 'c') then (select array_agg(quote_ident(a.attname) order by a.attnum)
              from pg_attribute a where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped) end`,
    },
    {
      name: 'owned by',
      sql: `case when t.relkind = 'S' then (select d.refobjid::regclass::text || '.' || quote_ident(a.attname)
              || case d.deptype when 'i' then ' (identity)' else '' end
              from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
              where d.classid = 'pg_class'::regclass and d.objid = t.oid and d.deptype in ('a', 'i')
                and d.refclassid = 'pg_class'::regclass) end`,
    },
    {
      name: 'toast option',
      sql: `(select o.reloptions from pg_class o where o.oid = t.reltoastrelid)`,
      isOptions: true,
    },
  ],
  leftOut: {
    oid: identity,
    relname: identity,
    relnamespace: identity,
    relkind: kind,
    reltype: derived,
    relfilenode: physical,
    relpages: physical,
    reltuples: physical,
    relallvisible: physical,
    relallfrozen: physical,
    reltoastrelid: physical,
    relhasindex: derived,
    relisshared: physical,
    relnatts: derived,
    relchecks: derived,
    relhasrules: derived,
    relhastriggers: derived,
    relhassubclass: derived,
    relispartition: merged,
    relrewrite: transient,
    relfrozenxid: physical,
    relminmxid: physical,
  },
  acl: {
    column: 'relacl',
    type: `case t.relkind when 'S' then 's' else 'r' end::"char"`,
    owner: 't.relowner',
  },
};

const columns: Source = {
  catalog: 'pg_attribute',
  from: `(select a.*, r.relkind, r.relowner, r.relispartition from pg_attribute a join pg_class r on r.oid = a.attrelid)`,
  id: `'pg_class:' || t.attrelid || ':' || t.attnum`,
  kind: `case t.relkind when 'i' then 'index column' when 'I' then 'index column' when 'v' then 'view column'
         else 'column' end`,
  identity: `t.attrelid::regclass::text || '.' || quote_ident(t.attname)`,
  parents: `array['pg_class:' || t.attrelid] || case when t.attinhcount > 0 then
      (select array_agg('pg_class:' || p.attrelid || ':' || p.attnum) from pg_inherits i
         join pg_attribute p on p.attrelid = i.inhparent and p.attname = t.attname where i.inhrelid = t.attrelid) end`,
  // The definitions of views and of indexes say the rest of theirs.
  where: `t.attnum > 0 and not t.attisdropped and t.attrelid >= ${firstUserOid} and (t.relkind in ('r', 'p', 'f', 'm', 'c')
          or t.relkind in ('v', 'i', 'I') and (t.atthasdef or t.attoptions is not null or t.attacl is not null
            or t.attstattarget >= 0))`,
  columns: {
    atttypid: { name: 'type', sql: `format_type(t.atttypid, t.atttypmod)` },
    attstorage: {
      name: 'storage',
      sql: `(select t.attstorage from pg_type y where y.oid = t.atttypid and y.typstorage <> t.attstorage
              and t.relkind not in ('v', 'c', 'i', 'I'))`,
      codes: { p: 'plain', e: 'external', m: 'main', x: 'extended' },
    },
    attcompression: {
      name: 'compression',
      sql: `nullif(t.attcompression, '')`,
      codes: { p: 'pglz', l: 'lz4' },
    },
    attnotnull: 'not null',
    attidentity: {
      name: 'identity',
      sql: `nullif(t.attidentity, '')`,
      codes: { a: 'always', d: 'by default' },
    },
    attgenerated: {
      name: 'generated',
      sql: `nullif(t.attgenerated, '')`,
      codes: { s: 'stored', v: 'virtual' },
    },
    // A partition that was attached has columns of its own, one that was created has not: they are the same.
    attislocal: {
      name: 'inherited only',
      sql: `not t.attislocal and not t.relispartition`,
    },
    attinhcount: {
      name: 'inherited',
      sql: `case when t.attinhcount > 0 and not t.relispartition then t.attinhcount end`,
    },
    attcollation: {
      name: 'collation',
      sql: `(select t.attcollation::regcollation::text from pg_type y
              where y.oid = t.atttypid and y.typcollation <> t.attcollation)`,
    },
    attstattarget: { name: 'statistics target', unless: '-1' },
    attoptions: { name: 'option', isOptions: true },
    attfdwoptions: { name: 'foreign option', isOptions: true },
  },
  leftOut: {
    attrelid: identity,
    attname: identity,
    attnum: 'The attribute "column order" of the table says it without the gaps of dropped columns.',
    attisdropped: 'Dropped columns are not read.',
    attlen: derived,
    atttypmod: merged,
    attndims: 'PostgreSQL enforces no number of dimensions.',
    attcacheoff: transient,
    attbyval: derived,
    attalign: derived,
    atthasdef: derived,
    atthasmissing: physical,
    attmissingval: physical,
  },
  acl: { column: 'attacl', type: `'c'`, owner: 't.relowner', object: 't.attrelid', sub: 't.attnum' },
};

const defaults: Source = {
  catalog: 'pg_attrdef',
  id: `'pg_class:' || t.adrelid || ':' || t.adnum`,
  where: `t.adrelid >= ${firstUserOid}`,
  columns: { adbin: { name: 'default', sql: 'pg_get_expr(t.adbin, t.adrelid)' } },
  leftOut: { oid: identity, adrelid: identity, adnum: identity },
};

const indexes: Source = {
  catalog: 'pg_index',
  id: `'pg_class:' || t.indexrelid`,
  where: `t.indexrelid >= ${firstUserOid}`,
  columns: {
    indisclustered: 'clustered',
    // Of a partitioned parent it says that a partition has none yet.
    indisvalid: { name: 'invalid', sql: 'not t.indisvalid' },
    indisready: { name: 'not maintained', sql: 'not t.indisready' },
    indislive: { name: 'being dropped', sql: 'not t.indislive' },
  },
  leftOut: {
    indexrelid: identity,
    indrelid: definition,
    indnatts: definition,
    indnkeyatts: definition,
    indisunique: definition,
    indnullsnotdistinct: definition,
    indisprimary: 'The constraint says it.',
    indisexclusion: 'The constraint says it.',
    indimmediate: 'The constraint says it.',
    indcheckxmin: transient,
    indisreplident: 'The attribute "replica identity" of the table says it.',
    indkey: definition,
    indcollation: definition,
    indclass: definition,
    indoption: definition,
    indexprs: definition,
    indpred: definition,
  },
};

const sequences: Source = {
  catalog: 'pg_sequence',
  id: `'pg_class:' || t.seqrelid`,
  where: `t.seqrelid >= ${firstUserOid}`,
  columns: {
    seqtypid: 'type',
    seqstart: 'start',
    seqincrement: 'increment',
    seqmax: 'maximum',
    seqmin: 'minimum',
    seqcache: 'cache',
    seqcycle: 'cycle',
  },
  leftOut: { seqrelid: identity },
};

const partitionedTables: Source = {
  catalog: 'pg_partitioned_table',
  id: `'pg_class:' || t.partrelid`,
  where: 'true',
  columns: { partdefid: 'default partition' },
  leftOut: {
    partrelid: identity,
    partstrat: merged,
    partnatts: merged,
    partattrs: merged,
    partclass: merged,
    partcollation: merged,
    partexprs: merged,
  },
};

const inheritance: Source = {
  catalog: 'pg_inherits',
  id: `'pg_class:' || t.inhrelid`,
  where: 'false',
  leftOut: { inhrelid: merged, inhparent: merged, inhseqno: merged, inhdetachpending: merged },
};

const foreignTables: Source = {
  catalog: 'pg_foreign_table',
  id: `'pg_class:' || t.ftrelid`,
  where: 'true',
  columns: { ftserver: 'server', ftoptions: { name: 'option', isOptions: true } },
  leftOut: { ftrelid: identity },
};

const constraintSuffix = `'( NOT VALID| NOT ENFORCED| DEFERRABLE| INITIALLY DEFERRED| NO INHERIT)+$'`;

const constraints: Source = {
  catalog: 'pg_constraint',
  id: `'pg_constraint:' || t.oid`,
  kind: `'constraint'`,
  identity: `case when t.conrelid <> 0 then t.conrelid::regclass::text else t.contypid::regtype::text end
             || '.' || quote_ident(t.conname)`,
  parents: `case when t.conparentid <> 0 then array['pg_constraint:' || t.conparentid]
              when t.coninhcount > 0 then (select array_agg('pg_constraint:' || p.oid) from pg_inherits i
                join pg_constraint p on p.conrelid = i.inhparent and p.conname = t.conname
                where i.inhrelid = t.conrelid) end`,
  where: `t.oid >= ${firstUserOid} and t.contype not in ('n', 't')`,
  columns: {
    condeferrable: 'deferrable',
    condeferred: 'initially deferred',
    conenforced: { name: 'not enforced', sql: 'not t.conenforced' },
    convalidated: { name: 'not valid', sql: 'not t.convalidated' },
    // As for columns: how a partition came to be is no difference.
    conislocal: {
      name: 'inherited only',
      sql: `not t.conislocal and not exists (select from pg_class r where r.oid = t.conrelid and r.relispartition)`,
    },
    coninhcount: {
      name: 'inherited',
      sql: `case when t.coninhcount > 0 and not exists (select from pg_class r where r.oid = t.conrelid
              and r.relispartition) then t.coninhcount end`,
    },
    connoinherit: { name: 'no inherit', sql: `t.connoinherit and t.contype = 'c'` },
  },
  extra: [
    { name: 'definition', sql: `regexp_replace(pg_get_constraintdef(t.oid), ${constraintSuffix}, '')` },
    {
      name: 'triggers not at origin',
      sql: `case when t.contype in ('f', 'p', 'u', 'x') then (select array_agg(format('%s of %s: %s', g.tgfoid::regproc,
              g.tgrelid::regclass, case g.tgenabled when 'D' then 'disabled' when 'R' then 'on replicas' else 'always' end)
              order by g.tgrelid::regclass::text, g.tgfoid)
              from pg_trigger g join pg_depend d on d.classid = 'pg_trigger'::regclass and d.objid = g.oid
                and d.deptype = 'i'
              where d.refclassid = 'pg_constraint'::regclass and d.refobjid = t.oid and g.tgisinternal
                and g.tgenabled <> 'O') end`,
    },
  ],
  leftOut: {
    oid: identity,
    conname: identity,
    connamespace: identity,
    conrelid: identity,
    contypid: identity,
    contype: definition,
    conindid: 'The index is a fact of its own.',
    conparentid: 'The partition says it.',
    confrelid: definition,
    confupdtype: definition,
    confdeltype: definition,
    confmatchtype: definition,
    conperiod: definition,
    conkey: definition,
    confkey: definition,
    conpfeqop: definition,
    conppeqop: definition,
    conffeqop: definition,
    confdelsetcols: definition,
    conexclop: definition,
    conbin: definition,
  },
};

// Rows from PostgreSQL 18 on; their names are made by the system, and differ from those of a database that was upgraded.
const notNullConstraints: Source = {
  catalog: 'pg_constraint',
  id: `'pg_class:' || t.conrelid || ':' || t.conkey[1]`,
  where: `t.contype = 'n' and t.conrelid >= ${firstUserOid} and (not t.convalidated or t.connoinherit)`,
  columns: {
    convalidated: { name: 'not null not valid', sql: 'not t.convalidated' },
    connoinherit: { name: 'not null not inherited', sql: 't.connoinherit' },
  },
  since: 18,
};

const triggers: Source = {
  catalog: 'pg_trigger',
  id: `'pg_trigger:' || t.oid`,
  kind: `'trigger'`,
  identity: `t.tgrelid::regclass::text || '.' || quote_ident(t.tgname)`,
  parents: `case when t.tgparentid <> 0 then array['pg_trigger:' || t.tgparentid] end`,
  where: `not t.tgisinternal`,
  columns: {
    tgenabled: {
      name: 'enabled',
      codes: { O: 'origin', D: 'disabled', R: 'on replicas', A: 'always' },
    },
  },
  extra: [{ name: 'definition', sql: 'pg_get_triggerdef(t.oid)' }],
  leftOut: {
    oid: identity,
    tgrelid: identity,
    tgname: identity,
    tgparentid: 'The partition says it.',
    tgisinternal: 'Triggers of constraints are read with the constraint.',
    tgfoid: definition,
    tgtype: definition,
    tgconstrrelid: definition,
    tgconstrindid: definition,
    tgconstraint: definition,
    tgdeferrable: definition,
    tginitdeferred: definition,
    tgnargs: definition,
    tgattr: definition,
    tgargs: definition,
    tgqual: definition,
    tgoldtable: definition,
    tgnewtable: definition,
  },
};

const rules: Source = {
  catalog: 'pg_rewrite',
  id: `'pg_rewrite:' || t.oid`,
  kind: `'rule'`,
  identity: `t.ev_class::regclass::text || '.' || quote_ident(t.rulename)`,
  where: `t.oid >= ${firstUserOid} and t.rulename <> '_RETURN'`,
  columns: {
    ev_enabled: {
      name: 'enabled',
      codes: { O: 'origin', D: 'disabled', R: 'on replicas', A: 'always' },
    },
  },
  extra: [{ name: 'definition', sql: 'pg_get_ruledef(t.oid)' }],
  leftOut: {
    oid: identity,
    rulename: identity,
    ev_class: identity,
    ev_type: definition,
    is_instead: definition,
    ev_qual: definition,
    ev_action: definition,
  },
};

const policies: Source = {
  catalog: 'pg_policy',
  id: `'pg_policy:' || t.oid`,
  kind: `'policy'`,
  identity: `t.polrelid::regclass::text || '.' || quote_ident(t.polname)`,
  where: 'true',
  columns: {
    polcmd: {
      name: 'command',
      codes: { '*': 'all', r: 'select', a: 'insert', w: 'update', d: 'delete' },
    },
    polpermissive: { name: 'restrictive', sql: 'not t.polpermissive' },
    polroles: {
      name: 'roles',
      sql: `(select array_agg(${roleName('r')} order by 1) from unnest(t.polroles) r)`,
    },
    polqual: { name: 'using', sql: 'pg_get_expr(t.polqual, t.polrelid)' },
    polwithcheck: { name: 'with check', sql: 'pg_get_expr(t.polwithcheck, t.polrelid)' },
  },
  leftOut: { oid: identity, polname: identity, polrelid: identity },
};

const statistics: Source = {
  catalog: 'pg_statistic_ext',
  id: `'pg_statistic_ext:' || t.oid`,
  kind: `'statistics'`,
  identity: `t.stxnamespace::regnamespace::text || '.' || quote_ident(t.stxname)`,
  where: 'true',
  columns: {
    stxowner: 'owner',
    stxstattarget: { name: 'statistics target', unless: '-1' },
  },
  extra: [{ name: 'definition', sql: 'pg_get_statisticsobjdef(t.oid)' }],
  leftOut: {
    oid: identity,
    stxname: identity,
    stxnamespace: identity,
    stxrelid: definition,
    stxkeys: definition,
    stxkind: definition,
    stxexprs: definition,
  },
};

const schemas: Source = {
  catalog: 'pg_namespace',
  id: `'pg_namespace:' || t.oid`,
  kind: `'schema'`,
  identity: `quote_ident(t.nspname)`,
  where: `(t.oid >= ${firstUserOid} or t.nspname = 'public') and t.nspname !~ '^pg_(toast|temp)'`,
  columns: { nspowner: 'owner' },
  leftOut: { oid: identity, nspname: identity },
  acl: { column: 'nspacl', type: `'n'`, owner: 't.nspowner' },
};

/** Schemas, and relations with all that is on them. */
export const relationSources: readonly Source[] = [
  schemas,
  relations,
  columns,
  defaults,
  indexes,
  sequences,
  partitionedTables,
  inheritance,
  foreignTables,
  constraints,
  notNullConstraints,
  triggers,
  rules,
  policies,
  statistics,
];
