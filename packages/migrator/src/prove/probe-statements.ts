import { type Client, escapeIdentifier, escapeLiteral } from 'pg';

/** What a probe does to a table: what an application does all the time. */
export type ProbeKind = 'read' | 'insert' | 'update';

export const probeKinds: readonly ProbeKind[] = ['read', 'insert', 'update'];

/** The statements of the probes of a table. */
export interface TableProbe {
  /** Quoted, with its schema. */
  table: string;
  sql: Record<ProbeKind, string>;
}

interface ProbedTable {
  name: string;
  key: string[];
  /** Columns that an insert may name. */
  columns: string[];
  hasRows: boolean;
}

/**
 * Reads and updates a row by its key, sets a column to itself, and inserts no row: its lock and its columns are those of
 * an insert, and no row of the probe gets in the way of the migration.
 */
export async function probesOf(client: Client, tables: readonly string[]): Promise<TableProbe[]> {
  const probes: TableProbe[] = [];
  for (const table of tables) {
    const { rows } = await client.query<ProbedTable>(
      `select c.oid::regclass::text as name,
         array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
           where i.indrelid = c.oid and i.indisprimary) as key,
         array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
           and a.attgenerated = '' and a.attidentity <> 'a' order by a.attnum) as columns
       from pg_class c where c.oid = $1::regclass and c.relkind in ('r', 'p')`,
      [table],
    );
    const [found] = rows;
    if (found === undefined || found.columns.length === 0) continue;
    probes.push({ table, sql: await statementsOf(client, table, found) });
  }
  return probes;
}

async function statementsOf(
  client: Client,
  table: string,
  { key, columns }: ProbedTable,
): Promise<TableProbe['sql']> {
  const names = columns.map((column) => escapeIdentifier(column)).join(', ');
  const changed = columns.find((column) => !key.includes(column)) ?? columns[0] ?? '';
  const row = await rowCondition(client, table, key);
  const column = escapeIdentifier(changed);
  return {
    read: `select ${names} from ${table} where ${row}`,
    insert: `insert into ${table} (${names}) select ${names} from ${table} where false`,
    update: `update ${table} set ${column} = ${column} where ${row}`,
  };
}

async function rowCondition(client: Client, table: string, key: readonly string[]): Promise<string> {
  if (key.length === 0) return `ctid = (select ctid from ${table} limit 1)`;
  const quoted = key.map((column) => escapeIdentifier(column));
  const { rows } = await client.query<{ values: string[] }>(
    `select array[${quoted.map((column) => `${column}::text`).join(', ')}] as values from ${table} limit 1`,
  );
  const values = rows[0]?.values;
  if (values === undefined) return 'false';
  return quoted.map((column, index) => `${column} = ${escapeLiteral(values[index] ?? '')}`).join(' and ');
}
