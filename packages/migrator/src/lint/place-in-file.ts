import { readFileSync } from 'node:fs';
import type { LintStatement } from './lint-statement.ts';

/**
 * The line of the migration's file on which a statement begins, from 1; undefined if the file does not have it as it
 * is, such as a statement that the migration puts together.
 */
export function placeInFile({ migration: { path }, text, start, sql }: LintStatement): number | undefined {
  const content = path === undefined ? undefined : contentOf(path);
  if (content === undefined) return undefined;
  const query = content.indexOf(text.text);
  const first = sql.split('\n', 1)[0] ?? '';
  const at = query === -1 ? content.indexOf(first) : query + text.before(start).length;
  return at === -1 || first === '' ? undefined : content.slice(0, at).split('\n').length;
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A path that a bundler made up.
    return undefined;
  }
}
