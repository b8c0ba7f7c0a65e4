import type { EntityManager } from '@mikro-orm/postgresql';
import type { ClientBase } from 'pg';
import { executeBound } from './execute-bound.ts';
import type { SqlType } from './sql-type.ts';

/** Parameters or columns, by name. */
export type SqlTypes = Readonly<Record<string, SqlType<unknown, never>>>;
type InOf<Type> = Type extends SqlType<unknown, infer In> ? In : never;
type IsOptional<Type> = unknown extends InOf<Type> ? false : undefined extends InOf<Type> ? true : false;
/** One that may be null may be left out. */
type ParamsOf<Types> = {
  readonly [Name in keyof Types as IsOptional<Types[Name]> extends true ? never : Name]: InOf<Types[Name]>;
} & {
  readonly [Name in keyof Types as IsOptional<Types[Name]> extends true ? Name : never]?: InOf<Types[Name]>;
};
export type RowOf<Types> = {
  [Name in keyof Types]: Types[Name] extends SqlType<infer Out, never> ? Out : never;
};

/** Where a statement runs: in the transaction of an EntityManager if it has one, or on a session of pg. */
export type Executor = EntityManager | ClientBase;

/** The declaration of a statement. */
export interface StatementDefinition<Params extends SqlTypes, Row extends SqlTypes> {
  /** Each is `:name` in `sql`; default none. */
  params?: Params;
  /** The columns of its rows; default none. */
  row?: Row;
  sql: string;
  /**
   * Whether a connection parses and plans it once and keeps it. For small statements of frequent operations; by
   * default it is planned each time, for its values.
   */
  isPrepared?: boolean;
}

/** Runs the statement and returns its rows. */
export interface Statement<Params extends SqlTypes, Row extends SqlTypes> {
  (executor: Executor, params: ParamsOf<Params>): Promise<RowOf<Row>[]>;
}

/** A statement as it is sent to the server, for the test that compares it with the schema. */
export interface DeclaredStatement {
  /** With `$1`, `$2`... */
  text: string;
  /** In the order of their numbers. */
  params: readonly SqlType<unknown, never>[];
  row: SqlTypes;
}

/** All that the modules loaded so far have declared. */
export const declaredStatements: DeclaredStatement[] = [];

/**
 * Declares a statement whose parameters are bound by name, never written into its text, and whose rows have the
 * declared types. `statement.test.ts` has PostgreSQL describe each against the migrated schema, and compares types
 * and nullability.
 *
 * @throws Error for a parameter that is unused or undeclared
 */
export function statement<const Params extends SqlTypes = {}, const Row extends SqlTypes = {}>(
  definition: StatementDefinition<Params, Row>,
): Statement<Params, Row> {
  const { sql, params: declared = {} as SqlTypes, row = {} as SqlTypes, isPrepared = false } = definition;
  const { text, names } = numbered(sql, declared);
  const types = names.map((name) => declared[name] as SqlType<unknown, never>);
  declaredStatements.push({ text, params: types, row });
  return async (executor, params) => {
    const values = names.map((name, index) =>
      encoded(types[index], (params as Record<string, unknown>)[name]),
    );
    const rows = await executeBound<Record<string, unknown>>(executor, { text, values, isPrepared });
    return decodeRows(row, rows) as RowOf<Row>[];
  };
}

/** The row of a statement that always returns one: an INSERT of a row, a query of aggregates... */
export function onlyRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('A statement that always returns a row has returned none.');
  return row;
}

/** Converts the driver's values in place, as the types of the columns say. */
export function decodeRows(row: SqlTypes, rows: Record<string, unknown>[]): Record<string, unknown>[] {
  for (const [name, { decode }] of Object.entries(row)) {
    if (decode === undefined) continue;
    for (const each of rows) if (each[name] !== null) each[name] = decode(each[name]);
  }
  return rows;
}

/**
 * A column of JSON that has rows, whose amounts are texts: a JSON number would lose digits. Their types are declared.
 */
export function jsonRows<const Row extends SqlTypes>(row: Row): SqlType<RowOf<Row>[], never> {
  const decode = (value: unknown) => decodeRows(row, value as Record<string, unknown>[]) as RowOf<Row>[];
  return { name: 'jsonb', isNullable: false, decode };
}

/** SQL: the rows of a query as {@link jsonRows}, in the order of its column `sort`, which they do not have. */
export function rowsOf(query: string): string {
  return `(select coalesce(jsonb_agg(to_jsonb(each) - 'sort' order by each.sort), '[]') from (${query}) each)`;
}

function encoded(type: SqlType<unknown, never> | undefined, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  return type?.encode === undefined ? value : type.encode(value as never);
}

/** `:name` becomes `$1`; a cast (`::`) and the time in a literal (`'12:00'`) stay. */
function numbered(sql: string, params: SqlTypes) {
  const names: string[] = [];
  const text = sql.replaceAll(/(?<![:\w]):([a-z]\w*)/gi, (_placeholder, name: string) => {
    if (!Object.hasOwn(params, name)) throw new Error(`The parameter :${name} is not declared: ${sql}`);
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  const unused = Object.keys(params).filter((name) => !names.includes(name));
  if (unused.length > 0) throw new Error(`The parameters ${unused.join(', ')} are not used: ${sql}`);
  return { text, names };
}
