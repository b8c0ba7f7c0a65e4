import { qualifiedName } from '../identifiers.ts';
import type { Queryable } from '../ledger.ts';
import { type EntryNames, type HistoryEntry, type HistoryTool, historyTools } from './history-tools.ts';

/** A table in which a tool has recorded what it applied. */
export interface History {
  tool: HistoryTool;
  /** With its schema: `public.done`. */
  table: string;
  schema: string;
  quotedName: string;
  /** Whether the user of the database may read it. */
  readable: boolean;
}

/**
 * The histories of all tools in all schemas; those without rows too.
 *
 * @param except the ledger itself, with its schema
 */
export async function findHistories(database: Queryable, except: string): Promise<History[]> {
  const rows = await database.query(
    `select namespace.nspname as schema, relation.relname as name,
       (select jsonb_agg(attname) from pg_attribute
        where attrelid = relation.oid and attnum > 0 and not attisdropped) as columns,
       has_schema_privilege(namespace.oid, 'usage') and has_table_privilege(relation.oid, 'select') as readable
     from pg_class relation join pg_namespace namespace on namespace.oid = relation.relnamespace
     where relation.relkind in ('r', 'p') and namespace.nspname !~ '^pg_' and namespace.nspname <> 'information_schema'
     order by 1, 2`,
  );
  return rows.flatMap(({ schema, name, columns, readable }) => {
    const table = `${schema}.${name}`;
    const tool = historyTools.find((each) =>
      isHistory(each, String(name), new Set(columns as string[] | null)),
    );
    if (tool === undefined || table === except) return [];
    const quotedName = qualifiedName([String(schema), String(name)]);
    return [{ tool, table, schema: String(schema), quotedName, readable: readable === true }];
  });
}

function isHistory(
  { table, columns, optionalColumns }: HistoryTool,
  name: string,
  found: ReadonlySet<string>,
): boolean {
  if (table !== undefined && table !== name) return false;
  if (!columns.every((column) => found.has(column))) return false;
  if (optionalColumns === undefined) return true;
  const known = new Set([...columns, ...optionalColumns]);
  return [...found].every((column) => known.has(column));
}

/** What a history has recorded, in the order of application. */
export async function readHistory(
  database: Queryable,
  { tool, quotedName }: Pick<History, 'tool' | 'quotedName'>,
  names: EntryNames = { byHash: new Map(), byTime: new Map() },
): Promise<HistoryEntry[]> {
  const rows = await database.query(`select to_jsonb(history) as row from ${quotedName} history`);
  return tool.entries(
    rows.map(({ row }) => row as Record<string, unknown>),
    names,
  );
}
