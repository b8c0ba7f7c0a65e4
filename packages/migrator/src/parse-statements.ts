import { type Node, parse } from 'libpg-query';

/** One SQL statement with its parse tree. */
export interface ParsedStatement {
  sql: string;
  node: Node;
}

/**
 * Splits SQL text into its statements with PostgreSQL's own parser. Comments between statements are dropped.
 *
 * @throws SqlError of libpg-query, when the text is not valid SQL
 */
export async function parseStatements(sql: string): Promise<ParsedStatement[]> {
  const { stmts = [] } = await parse(sql);
  // The parser counts in bytes of UTF-8.
  const bytes = Buffer.from(sql);
  return stmts.flatMap(({ stmt, stmt_location: start = 0, stmt_len: length = 0 }) => {
    if (stmt === undefined) return [];
    const end = length === 0 ? bytes.length : start + length;
    return [{ sql: bytes.subarray(start, end).toString().trim(), node: stmt }];
  });
}
