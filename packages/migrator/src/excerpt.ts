const maxLength = 200;
const literals = /'(?:[^']|'')*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/g;

/**
 * SQL on one line, cut after 200 characters.
 *
 * @param secret whether to replace its literals with `'***'`, because one can be a password
 */
export function excerpt(sql: string, secret = false): string {
  const shown = secret ? sql.replaceAll(literals, "'***'") : sql;
  const line = shown.replaceAll(/\s+/g, ' ').trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength)}...`;
}
