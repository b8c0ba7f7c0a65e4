import type { Node, RangeVar } from 'libpg-query';
import { qualifiedName, relationName } from '../identifiers.ts';
import type { Queryable } from '../ledger.ts';
import { onTemporaryCopy, temporaryName } from './temporary-copy.ts';

/** Columns that a statement adds unless they exist. */
export interface ConditionalColumns {
  table: RangeVar;
  /** The names of those that must be as the statement says. */
  columns: string[];
  /** The tables that it needs a copy of, to be run on copies. */
  copied: RangeVar[];
}

/** The table or the columns that a statement creates only if they do not exist (`IF NOT EXISTS`). */
export function conditionalColumns(node: Node): ConditionalColumns | undefined {
  if ('CreateStmt' in node) {
    const { relation, if_not_exists, tableElts = [], partbound, inhRelations } = node.CreateStmt;
    if (!if_not_exists || relation === undefined || relation.relpersistence === 't') return undefined;
    // A partition, or heir, of a permanent table cannot be made in the temporary schema.
    if (partbound !== undefined || inhRelations !== undefined) return undefined;
    const columns = tableElts.flatMap((each) => ('ColumnDef' in each ? [each.ColumnDef] : []));
    return {
      table: relation,
      columns: columns.map(({ colname = '' }) => colname),
      copied: referencedTables(tableElts).filter(({ relname }) => relname !== relation.relname),
    };
  }
  if (!('AlterTableStmt' in node)) return undefined;
  const { relation, cmds = [] } = node.AlterTableStmt;
  const commands = cmds.flatMap((cmd) => ('AlterTableCmd' in cmd ? [cmd.AlterTableCmd] : []));
  const conditional = commands.filter(({ subtype, missing_ok }) => subtype === 'AT_AddColumn' && missing_ok);
  if (relation === undefined || conditional.length === 0) return undefined;
  const added = conditional.flatMap(({ def }) => (def === undefined ? [] : [def]));
  return {
    table: relation,
    columns: added.flatMap((def) => ('ColumnDef' in def ? [def.ColumnDef.colname ?? ''] : [])),
    copied: [relation, ...referencedTables(added).filter(({ relname }) => relname !== relation.relname)],
  };
}

/** The columns of a table, each with its definition; none when there is no table. */
export async function columnsOf(session: Queryable, table: string): Promise<Map<string, string>> {
  const rows = await session.query(
    `select a.attname as name, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
       case when a.attcollation <> t.typcollation then 'collate ' || a.attcollation::regcollation end,
       case when a.attnotnull then 'not null' end,
       case when a.attidentity <> '' then 'identity' end,
       case when a.attgenerated <> '' then 'generated ' || pg_get_expr(d.adbin, d.adrelid)
         -- A sequence has another schema, and perhaps another number in its name.
         else 'default ' || regexp_replace(pg_get_expr(d.adbin, d.adrelid), '^nextval\\(.*', 'nextval') end) as definition
     from pg_attribute a join pg_type t on t.oid = a.atttypid
       left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = to_regclass(?) and a.attnum > 0 and not a.attisdropped`,
    [table],
  );
  return new Map(rows.map((row) => [String(row['name']), String(row['definition'])]));
}

/** What the constraints and unique indexes of a table require, whatever their names; those that are not validated, too. */
async function constraintsOf(session: Queryable, table: string): Promise<Set<string>> {
  const rows = await session.query(
    `select 'unique (' || keys || ')' as text from (
       select (select string_agg(quote_ident(a.attname), ', ' order by k.place)
               from unnest(i.indkey::int2[]) with ordinality k(number, place)
                 join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
               where k.place <= i.indnkeyatts) as keys
       from pg_index i where i.indrelid = to_regclass(?) and i.indisunique and i.indisvalid and i.indexprs is null
         and i.indpred is null) as unique_index
     union all
     select 'primary key' from pg_index where indrelid = to_regclass(?) and indisprimary
     union all
     select regexp_replace(regexp_replace(pg_get_constraintdef(c.oid), ' NOT VALID$', ''), ' REFERENCES [^(]*\\(',
       ' REFERENCES ' || coalesce(quote_ident(r.relname), '') || '(')
     from pg_constraint c left join pg_class r on r.oid = c.confrelid
     where c.conrelid = to_regclass(?) and c.contype in ('c', 'f', 'x') and c.conparentid = 0`,
    [table, table, table],
  );
  return new Set(rows.map(({ text }) => String(text)));
}

/**
 * Why columns that existed before a statement are not what it says; undefined when they are.
 *
 * @param before the columns of the table before the statement
 */
export async function columnFault(
  session: Queryable,
  sql: string,
  { table, columns, copied }: ConditionalColumns,
  before: ReadonlyMap<string, string>,
): Promise<{ problem: string; remedy: string } | undefined> {
  const copy = temporaryName(table.relname);
  const drops = columns.map((column) => `drop column if exists ${qualifiedName([column])} cascade`);
  const prepare = (): Promise<unknown> => session.query(`alter table ${copy} ${drops.join(', ')}`);
  // The copy of a table that is altered has the columns already.
  const isAltered = copied.includes(table);
  const { expected, constraints } = await onTemporaryCopy(
    session,
    sql,
    copied,
    async () => ({
      expected: await columnsOf(session, copy),
      constraints: await constraintsOf(session, copy),
    }),
    isAltered ? prepare : undefined,
  );
  const existing = await constraintsOf(session, relationName(table));
  const faults = columns.flatMap((column) => {
    const found = before.get(column);
    const wanted = expected.get(column);
    if (found === wanted) return [];
    return [`column ${column} is ${found === undefined ? 'missing' : `"${found}"`}, not "${wanted}"`];
  });
  for (const constraint of constraints) {
    if (!existing.has(constraint)) faults.push(`it has no ${constraint}`);
  }
  if (faults.length === 0) return undefined;
  return {
    problem: `${relationName(table)} exists, and is not what the statement says: ${faults.join('; ')}`,
    remedy: 'Bring it into that form by hand, or write a migration that alters what exists.',
  };
}

function referencedTables(elements: readonly Node[]): RangeVar[] {
  return elements.flatMap((element) => {
    if ('ColumnDef' in element) return referencedTables(element.ColumnDef.constraints ?? []);
    const { pktable = undefined } = 'Constraint' in element ? element.Constraint : {};
    return pktable === undefined ? [] : [pktable];
  });
}
