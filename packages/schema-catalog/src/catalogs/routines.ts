import { because, firstUserOid, type Source } from '../source.ts';

const { identity, derived, merged } = because;

const routines: Source = {
  catalog: 'pg_proc',
  id: `'pg_proc:' || t.oid`,
  kind: `case t.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end`,
  identity: `t.pronamespace::regnamespace::text || '.' || quote_ident(t.proname) || '('
             || pg_catalog.oidvectortypes(t.proargtypes) || ')'`,
  where: `t.oid >= ${firstUserOid}`,
  columns: {
    proowner: 'owner',
    prolang: 'language',
    procost: { name: 'cost', sql: `case when t.prokind <> 'a' then t.procost end` },
    prorows: { name: 'rows', unless: '0' },
    prosupport: 'support function',
    prosecdef: 'security definer',
    proleakproof: 'leakproof',
    proisstrict: 'strict',
    provolatile: {
      name: 'volatility',
      codes: { i: 'immutable', s: 'stable', v: 'volatile' },
      unless: 'volatile',
    },
    proparallel: {
      name: 'parallel',
      codes: { s: 'safe', r: 'restricted', u: 'unsafe' },
      unless: 'unsafe',
    },
    prokind: { name: 'window', sql: `t.prokind = 'w'` },
    prorettype: { name: 'result', sql: 'pg_get_function_result(t.oid)' },
    proargnames: { name: 'arguments', sql: `nullif(pg_get_function_arguments(t.oid), '')` },
    protrftypes: 'transforms',
    prosrc: { name: 'body', sql: `case when t.prosqlbody is null and t.prokind <> 'a' then t.prosrc end` },
    prosqlbody: { name: 'body', sql: 'pg_get_function_sqlbody(t.oid)' },
    probin: 'library',
    proconfig: { name: 'setting', isOptions: true },
  },
  leftOut: {
    oid: identity,
    proname: identity,
    pronamespace: identity,
    pronargs: identity,
    proargtypes: identity,
    provariadic: merged,
    proretset: merged,
    pronargdefaults: derived,
    proallargtypes: merged,
    proargmodes: merged,
    proargdefaults: merged,
  },
  acl: { column: 'proacl', type: `'f'`, owner: 't.proowner' },
};

const aggregates: Source = {
  catalog: 'pg_aggregate',
  id: `'pg_proc:' || t.aggfnoid::oid`,
  where: `t.aggfnoid >= ${firstUserOid}`,
  columns: {
    aggkind: {
      name: 'aggregate kind',
      codes: { n: 'normal', o: 'ordered set', h: 'hypothetical set' },
      unless: 'normal',
    },
    aggnumdirectargs: { name: 'direct arguments', unless: '0' },
    aggtransfn: 'transition function',
    aggfinalfn: 'final function',
    aggcombinefn: 'combine function',
    aggserialfn: 'serial function',
    aggdeserialfn: 'deserial function',
    aggmtransfn: 'moving transition function',
    aggminvtransfn: 'moving inverse function',
    aggmfinalfn: 'moving final function',
    aggfinalextra: 'final extra',
    aggmfinalextra: 'moving final extra',
    aggfinalmodify: { name: 'final modify', unless: 'r' },
    aggmfinalmodify: { name: 'moving final modify', unless: 'r' },
    aggsortop: 'sort operator',
    aggtranstype: 'state type',
    aggtransspace: { name: 'state space', unless: '0' },
    aggmtranstype: { name: 'moving state type', sql: 'format_type(nullif(t.aggmtranstype, 0), null)' },
    aggmtransspace: { name: 'moving state space', unless: '0' },
    agginitval: 'initial value',
    aggminitval: 'moving initial value',
  },
  leftOut: { aggfnoid: identity },
};

const operators: Source = {
  catalog: 'pg_operator',
  id: `'pg_operator:' || t.oid`,
  kind: `'operator'`,
  identity: `(select i.identity from pg_identify_object('pg_operator'::regclass, t.oid, 0) i)`,
  where: `t.oid >= ${firstUserOid}`,
  columns: {
    oprowner: 'owner',
    oprcanmerge: 'merges',
    oprcanhash: 'hashes',
    oprresult: 'result',
    oprcom: 'commutator',
    oprnegate: 'negator',
    oprcode: 'function',
    oprrest: 'restriction estimator',
    oprjoin: 'join estimator',
  },
  leftOut: {
    oid: identity,
    oprname: identity,
    oprnamespace: identity,
    oprkind: identity,
    oprleft: identity,
    oprright: identity,
  },
};

/** The sources of small catalogs are named by PostgreSQL itself. */
function named(
  catalog: string,
  name: string,
  columns: Source['columns'],
  leftOut: readonly string[],
  rest: Partial<Source> = {},
): Source {
  return {
    catalog,
    id: `'${catalog}:' || t.oid`,
    kind: `'${name}'`,
    identity: `(select i.identity from pg_identify_object('${catalog}'::regclass, t.oid, 0) i)`,
    where: `t.oid >= ${firstUserOid}`,
    columns,
    leftOut: Object.fromEntries(['oid', ...leftOut].map((column) => [column, identity])),
    ...rest,
  };
}

const trigger = { O: 'origin', D: 'disabled', R: 'on replicas', A: 'always' };

/** Routines, and what is made of them: operators, casts, languages, text search and the like. */
export const routineSources: readonly Source[] = [
  routines,
  aggregates,
  operators,
  named(
    'pg_cast',
    'cast',
    {
      castfunc: 'function',
      castcontext: { name: 'context', codes: { e: 'explicit', a: 'assignment', i: 'implicit' } },
      castmethod: { name: 'method', codes: { f: 'function', i: 'in and out', b: 'binary coercible' } },
    },
    ['castsource', 'casttarget'],
    { identity: `format_type(t.castsource, null) || ' to ' || format_type(t.casttarget, null)` },
  ),
  named('pg_opfamily', 'operator family', { opfowner: 'owner' }, ['opfmethod', 'opfname', 'opfnamespace']),
  named(
    'pg_opclass',
    'operator class',
    {
      opcowner: 'owner',
      opcfamily: 'family',
      opcintype: 'type',
      opcdefault: 'default',
      opckeytype: { name: 'storage', sql: 'format_type(nullif(t.opckeytype, 0), null)' },
    },
    ['opcmethod', 'opcname', 'opcnamespace'],
  ),
  named(
    'pg_amop',
    'operator of family',
    {
      amopopr: 'operator',
      amoppurpose: { name: 'purpose', codes: { s: 'search', o: 'ordering' } },
      amopsortfamily: 'sort family',
    },
    ['amopfamily', 'amoplefttype', 'amoprighttype', 'amopstrategy', 'amopmethod'],
  ),
  named('pg_amproc', 'function of family', { amproc: 'function' }, [
    'amprocfamily',
    'amproclefttype',
    'amprocrighttype',
    'amprocnum',
  ]),
  named(
    'pg_am',
    'access method',
    {
      amhandler: 'handler',
      amtype: { name: 'type', codes: { i: 'index', t: 'table' } },
    },
    ['amname'],
  ),
  named(
    'pg_language',
    'language',
    {
      lanowner: 'owner',
      lanpltrusted: 'trusted',
      lanplcallfoid: 'handler',
      laninline: 'inline handler',
      lanvalidator: 'validator',
    },
    ['lanname', 'lanispl'],
    { acl: { column: 'lanacl', type: `'l'`, owner: 't.lanowner' } },
  ),
  named(
    'pg_conversion',
    'conversion',
    {
      conowner: 'owner',
      conforencoding: { name: 'from', sql: 'pg_encoding_to_char(t.conforencoding)' },
      contoencoding: { name: 'to', sql: 'pg_encoding_to_char(t.contoencoding)' },
      conproc: 'function',
      condefault: 'default',
    },
    ['conname', 'connamespace'],
  ),
  named('pg_transform', 'transform', { trffromsql: 'from SQL', trftosql: 'to SQL' }, ['trftype', 'trflang']),
  named(
    'pg_event_trigger',
    'event trigger',
    {
      evtevent: 'event',
      evtowner: 'owner',
      evtfoid: 'function',
      evtenabled: { name: 'enabled', codes: trigger },
      evttags: 'tags',
    },
    ['evtname'],
  ),
  named(
    'pg_ts_parser',
    'text search parser',
    {
      prsstart: 'start function',
      prstoken: 'token function',
      prsend: 'end function',
      prsheadline: 'headline function',
      prslextype: 'lexical types function',
    },
    ['prsname', 'prsnamespace'],
  ),
  named(
    'pg_ts_template',
    'text search template',
    {
      tmplinit: 'init function',
      tmpllexize: 'lexize function',
    },
    ['tmplname', 'tmplnamespace'],
  ),
  named(
    'pg_ts_dict',
    'text search dictionary',
    {
      dictowner: 'owner',
      dicttemplate: 'template',
      dictinitoption: 'options',
    },
    ['dictname', 'dictnamespace'],
  ),
  named('pg_ts_config', 'text search configuration', { cfgowner: 'owner', cfgparser: 'parser' }, [
    'cfgname',
    'cfgnamespace',
  ]),
  {
    catalog: 'pg_ts_config_map',
    id: `'pg_ts_config:' || t.mapcfg`,
    where: `t.mapcfg >= ${firstUserOid}`,
    from: `(select m.mapcfg, jsonb_object_agg(m.alias, m.dictionaries) as maps from
             (select m.mapcfg, k.alias, string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno) as dictionaries
                from pg_ts_config_map m join pg_ts_config c on c.oid = m.mapcfg
                cross join lateral ts_token_type(c.cfgparser) k
               where m.mapcfg >= ${firstUserOid} and k.tokid = m.maptokentype group by 1, 2) m group by 1)`,
    extra: [{ name: 'mapping of', sql: 't.maps' }],
    leftOut: { mapcfg: identity, maptokentype: merged, mapseqno: merged, mapdict: merged },
  },
];
