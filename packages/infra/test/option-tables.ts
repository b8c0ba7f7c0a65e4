import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const sources = join(import.meta.dirname, '../src');

export interface Option {
  readonly name: string;
  readonly description: string;
  /** Empty for an option that is required. */
  readonly defaultText: string;
  readonly required: boolean;
}

interface Declaration {
  readonly comment: string;
  readonly lines: readonly string[];
}

/** The schemas and props of the package by name, as text. */
const declarations = new Map(
  globSync('**/*.ts', { cwd: sources }).flatMap((file) => {
    const text = readFileSync(join(sources, file), 'utf8');
    const form =
      /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\n)?export (?:const (\w+) = (?:z\.strictObject\()?|interface (\w+)[^{]*)\{\n([^]*?)\n\}/g;
    return Array.from(text.matchAll(form), ([, comment = '', constant = '', type = '', body = '']) => {
      const declaration: Declaration = { comment: proseOf(comment), lines: body.split('\n') };
      return [constant + type, declaration] as const;
    });
  }),
);

/** Names of the schemas of settings. */
export const schemaNames = [...declarations.keys()].filter((name) => name.endsWith('Settings'));

function declarationOf(name: string): Declaration {
  const found = declarations.get(name);
  if (found === undefined) throw new Error(`${name} is no schema and no interface of packages/infra/src.`);
  return found;
}

/**
 * The options of a schema or of props, in the order of the source: each with its doc comment, or without one with that
 * of the schema that it has.
 */
export function optionsOf(name: string): Option[] {
  const { lines } = declarationOf(name);
  const starts = lines.flatMap((line, index) =>
    /^ {2}(?:readonly )?[\w.]+(\(|\??:|,)/.test(line) ? index : [],
  );
  return starts.flatMap((start, position) => {
    const [, spread] = /^ {2}\.\.\.(\w+)/.exec(lines[start] ?? '') ?? [];
    if (spread !== undefined) return optionsOf(spread);
    const value = lines
      .slice(start, starts[position + 1])
      .join('\n')
      .replace(/\n {2}\/\*\*[^]*$/, '');
    const [, option = '', mark, nested = ''] =
      /^ {2}(?:readonly )?(\w+)(\??): ?(?:(\w+Settings)\b)?/.exec(value) ?? [];
    const own = commentBefore(lines, start);
    const [description, defaultText] = splitDefault(own || (declarations.get(nested)?.comment ?? ''));
    const required = mark !== '?' && !/\.optional\(\),?\s*$/.test(value);
    return { name: option, description, defaultText, required };
  });
}

function commentBefore(lines: readonly string[], index: number): string {
  if (!lines[index - 1]?.endsWith('*/')) return '';
  const start = lines.slice(0, index).findLastIndex((line) => line.startsWith('  /**'));
  return proseOf(
    lines
      .slice(start, index)
      .join('\n')
      .replace(/^\s*\/\*\*|\*\/\s*$/g, ''),
  );
}

/** A doc comment without its stars and line breaks. */
function proseOf(comment: string): string {
  return comment
    .replaceAll(/\n\s*\*/g, ' ')
    .replaceAll(/\{@link ([^}]+)\}/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** `10 to 20. Default 15: a reason.` has the default `15`, and says `10 to 20. A reason.` */
function splitDefault(text: string): [description: string, defaultText: string] {
  const [sentence, value = '', reason = ''] =
    /(?:^|(?<=\. ))Default:? (.+?)(?:: (.+?))?\.(?: |$)/.exec(text) ?? [];
  if (sentence === undefined) return [text, ''];
  const because = reason === '' ? '' : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}. `;
  return [text.replace(sentence, because).trim(), value];
}

/** A Markdown table of the options of some declarations; an option that two of them have is that of the first. */
export function optionTable(names: readonly string[]): string {
  const options = new Map(
    names
      .flatMap(optionsOf)
      .toReversed()
      .map((option) => [option.name, option]),
  );
  const rows = [...options.values()]
    .toReversed()
    .map(({ name, description, defaultText, required }) => [
      `\`${name}\``,
      required ? 'required' : defaultText,
      description.replaceAll('|', '\\|'),
    ]);
  const table = [['option', 'default', ''], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(3, ...table.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [header = [], ...body] = table;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

const marked = /<!-- options: ([\w, ]+) -->\n[^]*?<!-- end of options -->/g;

/** The page with each table as the sources have it. `<!-- options: nameA, nameB -->` says of which declarations. */
export function withOptionTables(page: string): string {
  return page.replaceAll(
    marked,
    (_, names: string) =>
      `<!-- options: ${names} -->\n\n${optionTable(names.split(', '))}\n\n<!-- end of options -->`,
  );
}

/** The declarations of which a page has a table. */
export function shownDeclarations(page: string): string[] {
  return Array.from(page.matchAll(marked), ([, names = '']) => names.split(', ')).flat();
}
