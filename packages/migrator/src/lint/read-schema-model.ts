import { type Constraint, parse } from 'libpg-query';
import { nodeOf, nodesOf, type SqlType, typeOf } from './nodes.ts';
import { indexColumns, indexDefinition, SchemaModel } from './schema-model.ts';

/** Runs a query, and returns its rows. */
export type Query = (sql: string) => Promise<readonly Record<string, unknown>[]>;

/** Schemas that are PostgreSQL's own. */
const ours = `nspname <> 'information_schema' and nspname !~ '^pg_'`;

/**
 * Reads what lint can use of a database: versions, tables with their sizes, columns, constraints, indexes, functions.
 * It takes no lock that a query waits for.
 */
export async function readSchemaModel(query: Query): Promise<SchemaModel> {
  const [server] = await query(`select current_setting('server_version_num')::int as version,
    current_setting('TimeZone') as zone, coalesce(current_schema(), 'public') as schema`);
  const functions = await query(
    `select proname::text as name, bool_or(provolatile = 'v') as volatile,
       bool_and(prorettype in ('trigger'::regtype, 'event_trigger'::regtype)) as is_trigger from pg_proc group by 1`,
  );
  const volatility = new Map(functions.map((row) => [text(row, 'name'), row['volatile'] === true]));
  const version = Number(server?.['version']);
  const model = new SchemaModel(
    { version, timeZone: text(server, 'zone'), volatility },
    text(server, 'schema'),
  );
  for (const row of functions) if (row['is_trigger'] === true) model.triggerFunctions.add(text(row, 'name'));
  await readTables(query, model);
  await readColumns(query, model);
  await readConstraints(query, model);
  await readIndexes(query, model);
  const types =
    await query(`select nspname || '.' || typname as key from pg_type join pg_namespace n on n.oid = typnamespace
    where typtype in ('e', 'd') and ${ours}`);
  for (const row of types) model.types.set(text(row, 'key'), undefined);
  return model;
}

async function readTables(query: Query, model: SchemaModel): Promise<void> {
  const rows = await query(`select nspname || '.' || c.relname as key, c.relkind::text as kind,
      case when c.relkind = 'p' then null
           when c.reltuples >= 0 or n_live_tup > 0 then greatest(c.reltuples, n_live_tup, 0)
           when pg_relation_size(c.oid) = 0 then 0 end::float8 as rows,
      array(select pn.nspname || '.' || p.relname from pg_inherits i join pg_class p on p.oid = inhrelid
            join pg_namespace pn on pn.oid = p.relnamespace where inhparent = c.oid and c.relkind = 'p' order by 1)::text[] as partitions,
      exists (select from pg_partitioned_table where partrelid = c.oid and partdefid <> 0) as has_default
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_stat_all_tables s on s.relid = c.oid
    where c.relkind in ('r', 'p', 'm', 'f') and ${ours}`);
  for (const row of rows) {
    const partitions: unknown = row['partitions'];
    model.addTable(text(row, 'key'), {
      isPartitioned: row['kind'] === 'p',
      partitions: Array.isArray(partitions) ? partitions.map(String) : [],
      hasDefaultPartition: row['has_default'] === true,
      rows: typeof row['rows'] === 'number' ? row['rows'] : undefined,
    });
  }
}

async function readColumns(query: Query, model: SchemaModel): Promise<void> {
  const rows = await query(`select nspname || '.' || relname as key, attname::text as name,
      format_type(atttypid, atttypmod) as type, attnotnull as is_not_null
    from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
    where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'm', 'f') and ${ours}`);
  const types = new Map<string, SqlType>();
  for (const type of new Set(rows.map((row) => text(row, 'type')))) types.set(type, await parsedType(type));
  for (const row of rows) {
    const type = types.get(text(row, 'type')) ?? { name: '', modifiers: [], isArray: false };
    const column = { type, isNotNull: row['is_not_null'] === true, createdIn: undefined };
    model.tables.get(text(row, 'key'))?.columns.set(text(row, 'name'), column);
  }
}

async function readConstraints(query: Query, model: SchemaModel): Promise<void> {
  const rows =
    await query(`select nspname as schema, relname as name, conname as constraint, pg_get_constraintdef(k.oid) as definition,
      quote_ident(conname) as quoted
    from pg_constraint k join pg_class c on c.oid = conrelid join pg_namespace n on n.oid = relnamespace
    where contype in ('c', 'f', 'p', 'u', 'x') and ${ours}`);
  for (const row of rows) {
    const table = model.tables.get(`${text(row, 'schema')}.${text(row, 'name')}`);
    const constraint = await parsedConstraint(`${text(row, 'quoted')} ${text(row, 'definition')}`);
    if (table && constraint)
      model.addConstraint(`${text(row, 'schema')}.${text(row, 'name')}`, table, constraint, '');
  }
}

async function readIndexes(query: Query, model: SchemaModel): Promise<void> {
  const rows = await query(`select nspname || '.' || i.relname as key, nspname || '.' || t.relname as table,
      pg_get_indexdef(indexrelid) as definition
    from pg_index join pg_class i on i.oid = indexrelid join pg_class t on t.oid = indrelid
    join pg_namespace n on n.oid = t.relnamespace where ${ours}`);
  for (const row of rows) {
    const index = nodeOf((await parse(text(row, 'definition'))).stmts?.[0]?.stmt, 'IndexStmt');
    const { idxname: _name, relation: _relation, unique = false, ...rest } = index ?? {};
    model.indexes.set(text(row, 'key'), {
      table: text(row, 'table'),
      columns: indexColumns(rest),
      definition: index && indexDefinition({ ...rest, unique }),
      createdIn: undefined,
    });
  }
}

/** A type as the parser has it, from how PostgreSQL writes it. */
async function parsedType(type: string): Promise<SqlType> {
  const select = nodeOf((await parse(`select null::${type}`)).stmts?.[0]?.stmt, 'SelectStmt');
  const [target] = nodesOf(select?.targetList, 'ResTarget');
  return typeOf(nodeOf(target?.val, 'TypeCast')?.typeName);
}

async function parsedConstraint(definition: string): Promise<Constraint | undefined> {
  const alter = nodeOf(
    (await parse(`alter table t add constraint ${definition}`)).stmts?.[0]?.stmt,
    'AlterTableStmt',
  );
  return nodeOf(nodesOf(alter?.cmds, 'AlterTableCmd')[0]?.def, 'Constraint');
}

function text(row: Record<string, unknown> | undefined, name: string): string {
  const value = row?.[name];
  return typeof value === 'string' ? value : '';
}
