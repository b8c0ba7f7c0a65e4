import { type Node, parse } from 'libpg-query';
import { SqlText } from './sql-text.ts';

/** A migration as lint takes it. */
export interface LintMigration {
  name: string;
  path?: string | undefined;
  /** Whether all its statements run in one transaction. */
  transactional: boolean;
  /** What it emits: SQL text, each with one or more statements. Comments in it can suppress findings. */
  queries: readonly string[];
  /** It runs queries itself, which show only when it is run: `undecided`. */
  isOpaque?: boolean;
}

/** One statement with its place. */
export interface LintStatement {
  node: Node;
  sql: string;
  /** The query that it is a part of. */
  text: SqlText;
  /** The bytes of the query at which it begins and ends. */
  start: number;
  end: number;
  /** The text around it that belongs to no other statement: comments. */
  around: string;
  migration: LintMigration;
  /** Its index in the migration. */
  index: number;
}

/**
 * The statements of a migration with their places and comments.
 *
 * @throws SqlError of libpg-query, when a query is not valid SQL
 */
export async function lintStatementsOf(migration: LintMigration): Promise<LintStatement[]> {
  if (migration.isOpaque === true) return [nothingShown(migration)];
  const statements: LintStatement[] = [];
  for (const query of migration.queries)
    statements.push(...(await split(query, migration, statements.length)));
  return statements;
}

/** What stands for the queries that do not show. */
function nothingShown(migration: LintMigration): LintStatement {
  // No kind of statement: all rules but one pass it by.
  return {
    node: {} as Node,
    sql: '',
    text: new SqlText(''),
    start: 0,
    end: 0,
    around: '',
    migration,
    index: 0,
  };
}

async function split(query: string, migration: LintMigration, first: number): Promise<LintStatement[]> {
  const { stmts = [] } = await parse(query);
  const text = new SqlText(query);
  const places = stmts.flatMap(({ stmt, stmt_location: start = 0, stmt_len: length = 0 }) =>
    stmt === undefined ? [] : [{ node: stmt, start, end: length === 0 ? text.length : start + length }],
  );
  return places.map(({ node, start, end }, index) => {
    // A comment behind a statement, on its line, is the statement's.
    const previous = places[index - 1]?.end;
    const before = text.whole(previous === undefined ? 0 : lineEnd(query, text, previous), start);
    const behind = text.whole(end, places[index + 1] === undefined ? text.length : lineEnd(query, text, end));
    const sql = text.whole(start, end).trim();
    const around = `${before}\n${sql}\n${behind}`;
    return { node, sql, text, start, end, around, migration, index: first + index };
  });
}

/** The byte at which the line of a byte ends. */
function lineEnd(query: string, text: SqlText, byte: number): number {
  const before = text.before(byte);
  const end = query.indexOf('\n', before.length);
  return end === -1 ? text.length : byte + Buffer.byteLength(query.slice(before.length, end));
}
