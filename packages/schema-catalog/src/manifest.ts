import { UserError } from '@ecommerce-dms/errors';
import { order } from './assemble.ts';
import { type AttributeValue, type Catalog, type Fact, factKey } from './catalog.ts';

const firstLine = 'dms schema manifest, format 1, PostgreSQL ';

/**
 * Writes a catalog as a text to check in: a paragraph of an object, a line of an attribute, in a stable order, so that
 * `git diff` shows a change of the schema as what it is.
 *
 * @example
 * ```ts
 * import { readCatalog, writeManifest } from '@ecommerce-dms/schema-catalog';
 *
 * const catalog = await readCatalog('postgres://app:secret@127.0.0.1:5432/shop');
 * console.log(writeManifest(catalog).split('\n')[0]); // dms schema manifest, format 1, PostgreSQL 18
 * ```
 */
export function writeManifest({ major, facts }: Catalog): string {
  const paragraphs = [...facts.values()].map(({ kind, identity, attributes, parents }) => {
    const lines = Object.entries(attributes).flatMap(([name, value]) => attributeLines(name, value));
    return [`${kind}: ${quote(identity)}`, ...parents.map((parent) => `  < ${quote(parent)}`), ...lines].join(
      '\n',
    );
  });
  return `${[`${firstLine}${major}`, ...paragraphs].join('\n\n')}\n`;
}

function attributeLines(name: string, value: AttributeValue): string[] {
  const head = `  ${quote(name)}`;
  if (value === true) return [head];
  if (typeof value !== 'string') return [head, ...value.map((each) => `    - ${JSON.stringify(each)}`)];
  const lines = value.split('\n');
  // A carriage return would be gone after a checkout, and a space at the end is easily lost.
  if (lines.length > 1 && !/[\r\t]|[^\S\n]$|[^\S\n]\n/.test(value))
    return [head, ...lines.map((line) => `    |${line}`)];
  return [`${head} = ${JSON.stringify(value)}`];
}

/** As it is where that is read back as the same. */
function quote(text: string): string {
  return /^[^\s"=<][^\n\r]*$/.test(text) && !/\s$| = /.test(text) ? text : JSON.stringify(text);
}

function unquote(text: string): string {
  return text.startsWith('"') ? parseText(text) : text;
}

function parseText(text: string): string {
  return String(JSON.parse(text));
}

/**
 * Reads what `writeManifest` has written.
 *
 * @throws UserError `invalid-manifest` names the line that it cannot read
 */
export function readManifest(text: string): Catalog {
  const [head = '', ...lines] = text.split(/\r?\n/);
  const major = Number(head.startsWith(firstLine) && head.slice(firstLine.length));
  if (!Number.isInteger(major) || major === 0) throw invalid(1, head);
  const facts: ReadFact[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    try {
      readLine(line, facts);
    } catch (cause) {
      throw invalid(index + 2, line, cause);
    }
  }
  const sorted = facts.sort((one, other) => order(factKey(one), factKey(other)));
  return { major, facts: new Map(sorted.map((fact) => [factKey(fact), fact])), unread: [] };
}

interface ReadFact extends Fact {
  attributes: Record<string, AttributeValue>;
  parents: string[];
}

/** @throws Error for a line that is of no form */
function readLine(line: string, facts: ReadFact[]): void {
  const [, kind, identity] = /^([a-z][a-z ]*): ([^]+)$/.exec(line) ?? [];
  if (kind !== undefined && identity !== undefined) {
    facts.push({ kind, identity: unquote(identity), attributes: {}, parents: [] });
    return;
  }
  const fact = facts.at(-1);
  if (!fact) throw new Error('It is above the first object.');
  const { attributes, parents } = fact;
  const name = Object.keys(attributes).at(-1) ?? '';
  const [, parent] = /^ {2}< ([^]+)$/.exec(line) ?? [];
  const [, item] = /^ {4}- ("[^]*")$/.exec(line) ?? [];
  const [, part] = /^ {4}\|([^]*)$/.exec(line) ?? [];
  const [, key, value] = /^ {2}(\S[^]*?)(?: = ("[^]*"))?$/.exec(line) ?? [];
  if (item !== undefined) attributes[name] = [...listOf(attributes[name]), parseText(item)];
  else if (part !== undefined) attributes[name] = joined(attributes[name], part);
  else if (parent !== undefined) parents.push(unquote(parent));
  else if (key !== undefined) attributes[unquote(key)] = value === undefined ? true : parseText(value);
  else throw new Error('It is of no form.');
}

function listOf(value: AttributeValue | undefined): readonly string[] {
  return value === undefined || typeof value !== 'object' ? [] : value;
}

function joined(value: AttributeValue | undefined, line: string): string {
  return typeof value === 'string' ? `${value}\n${line}` : line;
}

function invalid(line: number, text: string, cause?: unknown): UserError {
  return new UserError('invalid-manifest', `Line ${line} of the schema manifest cannot be read: ${text}`, {
    hint: 'Take the file from the last commit, or write it again from a database that is right.',
    cause,
  });
}
