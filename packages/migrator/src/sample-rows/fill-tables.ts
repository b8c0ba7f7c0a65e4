import type { Client } from 'pg';
import { escapeIdentifier } from 'pg';
import { readSampleTables, type SampleReference, type SampleTable } from './read-tables.ts';
import { sampleValue } from './sample-values.ts';

/** How many rows a table has got, and why it has none. */
export interface FilledTable {
  /** Quoted, with its schema. */
  table: string;
  rows: number;
  /** Why it could not be filled; undefined when it has rows. */
  problem?: string;
}

/**
 * Puts rows into every table that has none: values of the columns' types, or those that checks name, references to rows
 * that exist. The conditions of CHECK constraints choose among many candidates. A table whose rows are refused all the
 * same, such as by a trigger, stays empty, with the reason.
 *
 * @param count how many rows a table gets at most
 */
export async function fillTables(client: Client, count: number): Promise<FilledTable[]> {
  const filled: FilledTable[] = [];
  for (const table of inDependencyOrder(await readSampleTables(client))) {
    filled.push(await fillTable(client, table, count, filled));
  }
  return filled;
}

async function fillTable(
  client: Client,
  table: SampleTable,
  count: number,
  filled: readonly FilledTable[],
): Promise<FilledTable> {
  const { name } = table;
  const existing = await rowsOf(client, name);
  if (existing > 0) return { table: name, rows: existing };
  const problem = problemOf(table, filled);
  if (problem !== undefined) return { table: name, rows: 0, problem };
  let from = 1;
  /** Returns why the statement was refused. */
  const insert = async (candidates: number, limit: number): Promise<string | undefined> => {
    try {
      await client.query(insertOf(table, from, candidates, limit));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      from += candidates;
    }
  };
  const candidates = count * 8;
  const refused = await insert(candidates, count);
  let rows = await rowsOf(client, name);
  if (rows === 0 && refused === undefined) {
    await insert(Math.max(20_000, candidates), count);
    rows = await rowsOf(client, name);
  }
  // One refused row refuses all of a statement.
  const most = refused === undefined ? 0 : 40;
  for (let tries = 0; tries < most && rows < Math.min(count, 20); tries += 1) {
    await insert(200, 1);
    rows = await rowsOf(client, name);
  }
  if (rows > 0) return { table: name, rows };
  return { table: name, rows, problem: refused ?? 'no candidate meets its CHECK constraints' };
}

function problemOf(
  { name, references, columns }: SampleTable,
  filled: readonly FilledTable[],
): string | undefined {
  const empty = references.find(
    ({ parent, columns: own }) =>
      parent !== name &&
      !own.some((column) => columns.find((each) => each.name === column)?.isNullable === true) &&
      filled.find(({ table }) => table === parent)?.rows === 0,
  );
  return empty && `it refers to ${empty.parent}, which has no rows`;
}

async function rowsOf(client: Client, name: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from ${name}`);
  return rows[0]?.count ?? 0;
}

/** Candidates are made in a subquery with the names of the columns, so that the checks read them as they are written. */
function insertOf(table: SampleTable, from: number, candidates: number, limit: number): string {
  const { name, columns, checks } = table;
  const joins = table.references.map((reference, index) => joinOf(table, reference, index));
  const byReference = new Map(joins.flatMap(({ values }) => values));
  const values = columns.flatMap((column): [string, string][] => {
    const quoted = escapeIdentifier(column.name);
    const own = byReference.get(column.name);
    if (own !== undefined) return [[quoted, `(${own})::${column.cast}`]];
    const about = checks.filter((check) => check.columns.includes(column.name));
    const alone = [
      ...about.filter((check) => check.columns.length === 1).map(({ condition }) => condition),
      ...column.domainChecks.map((condition) => condition.replaceAll(/\bVALUE\b/g, quoted)),
    ];
    const literals = [...about.map(({ condition }) => condition), ...alone].flatMap(literalsOf);
    const isUnique = table.uniqueColumns.includes(column.name);
    const value = sampleValue(column, alone, literals, isUnique);
    // Left to its default.
    return value === undefined ? [] : [[quoted, value]];
  });
  const names = values.map(([column]) => column).join(', ');
  if (values.length === 0) return `insert into ${name} default values`;
  const known = new Set(values.map(([column]) => column));
  const conditions = [
    ...checks.map(({ condition }) => `(${condition}) is not false`),
    ...columns.flatMap(({ name: column, isNullable }) => {
      const quoted = escapeIdentifier(column);
      return isNullable || !known.has(quoted) ? [] : [`${quoted} is not null`];
    }),
  ];
  const [, unqualified = name] = /^(?:"(?:[^"]|"")*"|[^".]+)\.(.*)$/s.exec(name) ?? [];
  return `insert into ${name} (${names})
    select ${names} from (
      select ${values.map(([column, value]) => `${value} as ${column}`).join(',\n        ')}
      from generate_series(${from}, ${from + candidates - 1}) as i cross join lateral (select i % 3 / 2.0 as nulls) as share
      ${joins.map(({ sql }) => sql).join(' ')}
    ) as ${unqualified}
    where ${conditions.join(' and ') || 'true'} limit ${limit} on conflict do nothing`;
}

/** Gives each candidate one of the parent's rows in turn; none, where the parent is the table itself. */
function joinOf(
  { name, references }: SampleTable,
  reference: SampleReference,
  index: number,
): { sql: string; values: [string, string][] } {
  const { parent, columns, parentColumns } = reference;
  const earlier = new Set(references.slice(0, index).flatMap((each) => each.columns));
  const own = columns.flatMap((column, at): [string, string][] =>
    earlier.has(column) ? [] : [[column, parent === name ? 'null' : `p${index}.c${at}`]],
  );
  if (parent === name) return { sql: '', values: own };
  const selected = parentColumns.map((column, at) => `${escapeIdentifier(column)} as c${at}`).join(', ');
  // A column that two references share must be the same row in both.
  const shared = columns.flatMap((column, at) => {
    const first = references
      .slice(0, index)
      .findIndex((each) => each.parent !== name && each.columns.includes(column));
    return first < 0 ? [] : [`p${first}.c${references[first]?.columns.indexOf(column)} = p.c${at}`];
  });
  const chosen =
    shared.length > 0
      ? `(select p.* from (select ${selected} from ${parent}) as p where ${shared.join(' and ')} limit 1)`
      : `(select p.* from (select ${selected}, row_number() over () as n, count(*) over () as total from ${parent}) as p where p.n = 1 + i % p.total limit 1)`;
  return { sql: `left join lateral ${chosen} as p${index} on true`, values: own };
}

/** The numbers and texts that a condition names. */
function literalsOf(condition: string): string[] {
  return condition.match(/'(?:[^']|'')*'|(?<![\w."])\d+(?:\.\d+)?(?![\w"])/g) ?? [];
}

/** Parents first; in a circle, the one with the fewest references that nobody has filled. */
function inDependencyOrder(tables: readonly SampleTable[]): SampleTable[] {
  const open = new Map(tables.map((table) => [table.name, table]));
  const ordered: SampleTable[] = [];
  const waitsFor = ({ name, references }: SampleTable): number =>
    references.filter(({ parent }) => parent !== name && open.has(parent)).length;
  while (open.size > 0) {
    const [next] = [...open.values()].sort(
      (a, b) => waitsFor(a) - waitsFor(b) || a.name.localeCompare(b.name),
    );
    if (next === undefined) break;
    open.delete(next.name);
    ordered.push(next);
  }
  return ordered;
}
