const maxLength = 200;

// Names in quotes and comments come first: an apostrophe in one of them begins no literal.
const tokens =
  /"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\bE'(?:[^'\\]|\\.|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)(?:\s*uescape\s*'[^']*')?|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/gi;

/**
 * SQL on one line, cut after 200 characters.
 *
 * @param secret whether to replace its literals with `'***'`, because one can be a password
 */
export function excerpt(sql: string, secret = false): string {
  const line = oneLine(sql, secret);
  return line.length <= maxLength ? line : `${line.slice(0, maxLength)}...`;
}

/** Two statements on a line each, cut so that their first difference is shown. */
export function differingExcerpts(one: string, two: string, secret = false): [string, string] {
  const [first, second] = [oneLine(one, secret), oneLine(two, secret)];
  let same = 0;
  while (same < first.length && first[same] === second[same]) same++;
  const start = Math.max(0, same - maxLength / 2);
  const cut = (line: string): string => `${start > 0 ? '...' : ''}${excerpt(line.slice(start))}`;
  return [cut(first), cut(second)];
}

/** SQL whose literals are replaced by `'***'`; what was valid stays valid. */
export function withoutLiterals(sql: string): string {
  return sql.replaceAll(tokens, (token: string) => (/^["/-]/.test(token) ? token : `'***'`));
}

function oneLine(sql: string, secret: boolean): string {
  return (secret ? withoutLiterals(sql) : sql).replaceAll(/\s+/g, ' ').trim();
}
