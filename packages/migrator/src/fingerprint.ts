import { createHash } from 'node:crypto';
import { classifyStatement } from './classify-statement.ts';
import { withoutLiterals } from './excerpt.ts';
import { type ParsedStatement, parseStatements } from './parse-statements.ts';

/**
 * SHA-256, in hex, of the parse trees: comments, white space, the case of keywords and how the statements are spread
 * over calls of `addSql()` make no difference. Strings are part of it as they are, and so are bodies of functions; but
 * not those of a statement that can hold a password.
 */
export async function fingerprintOf(statements: readonly ParsedStatement[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { sql, node } of statements) {
    const recorded = classifyStatement(node).secret
      ? await parseStatements(withoutLiterals(sql))
      : [{ node }];
    for (const each of recorded) hash.update(treeText(each.node)).update('\0');
  }
  return hash.digest('hex');
}

/**
 * The fingerprint of SQL texts.
 *
 * @throws SqlError of libpg-query, when one is not valid SQL
 */
export async function fingerprintOfTexts(texts: readonly string[]): Promise<string> {
  const parsed: ParsedStatement[] = [];
  for (const text of texts) parsed.push(...(await parseStatements(text)));
  return fingerprintOf(parsed);
}

/** The parse tree as text, without where in the SQL its parts are. */
export function treeText(node: ParsedStatement['node']): string {
  return JSON.stringify(node, (key, value: unknown) =>
    // The location of a tablespace is a string, and is not a place in the SQL.
    typeof value === 'number' && places.has(key) ? undefined : value,
  );
}

const places = new Set([
  'location',
  'stmt_location',
  'stmt_len',
  'name_location',
  'rexpr_list_start',
  'rexpr_list_end',
  'list_start',
  'list_end',
]);
