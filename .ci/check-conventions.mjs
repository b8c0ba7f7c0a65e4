// Holds what lint has no rule for: SQL keywords in lower case, constants in camelCase, and tables of test cases with
// named fields. `--fix` corrects the first.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadModule, parseSync as parseSql, scanSync as scanSql } from 'libpg-query';
import { parseSync, Visitor } from 'oxc-parser';

process.chdir(resolve(import.meta.dirname, '..'));
await loadModule();

/** The places in a statement in which a part of one can stand. */
const fragments = [
  (sql) => `select ${sql}`,
  (sql) => `select 1 from ${sql}`,
  (sql) => `select 1 from t ${sql}`,
  (sql) => `select 1 where ${sql}`,
  (sql) => `select 1 where true ${sql}`,
  (sql) => `${sql} select 1`,
  (sql) => `with ${sql} select 1`,
  (sql) => `insert into t ${sql}`,
  (sql) => `insert into t values (1) ${sql}`,
  (sql) => `update t ${sql}`,
  (sql) => `create table t (${sql})`,
  (sql) => `create table t (c ${sql})`,
  (sql) => `alter table t ${sql}`,
  (sql) => `alter table t add constraint c ${sql}`,
  (sql) => `create index on t ${sql}`,
  (sql) => `${sql} x`,
];

const fix = process.argv.includes('--fix');
const files = execFileSync('git', ['ls-files', '-z', '*.ts', '*.mjs', '*.md'], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && !file.endsWith('.generated.ts'));
const faults = files.flatMap((file) => {
  const source = readFileSync(file, 'utf8');
  const { keywords, others } = file.endsWith('.md') ? readMarkdown(source) : readSource(file, source);
  if (fix && keywords.length > 0) writeFileSync(file, inLowerCase(source, keywords));
  const lines = new Map(keywords.map(({ start }) => [lineOf(source, start), start]));
  return [
    ...(fix ? [] : [...lines.keys()].map((line) => `${file}:${line}: a SQL keyword in upper case`)),
    ...others.map(({ start, fault }) => `${file}:${lineOf(source, start)}: ${fault}`),
  ];
});
for (const fault of faults) console.error(fault);
console.error(`${files.length} files, ${faults.length} faults`);
if (faults.length > 0) {
  console.error("'pnpm check:conventions --fix' corrects the SQL.");
  process.exit(1);
}

function readMarkdown(source) {
  const blocks = [...source.matchAll(/^(```(sql|ts)\n)(.*?)^```/gms)].map(
    ({ 1: fence, 2: language, 3: text, index }) => {
      const start = index + fence.length;
      if (language === 'sql') return { keywords: keywordsOf(text, start), others: [] };
      const { keywords, others } = readSource('example.ts', text);
      return {
        keywords: keywords.map((place) => ({ start: place.start + start, end: place.end + start })),
        others: others.map((other) => ({ ...other, start: other.start + start })),
      };
    },
  );
  return {
    keywords: blocks.flatMap(({ keywords }) => keywords),
    others: blocks.flatMap(({ others }) => others),
  };
}

function readSource(file, source) {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const isTest = file.endsWith('.test.ts');
  const keywords = [];
  const others = [];
  const queries = new Set();
  const readText = (node, texts) => {
    if (
      isSql(
        texts.map(({ text }) => text),
        queries.has(node),
      )
    ) {
      keywords.push(...texts.flatMap(({ text, start }) => keywordsOf(text, start)));
    }
  };
  const readTable = (node) => {
    const table = node?.type === 'TSAsExpression' ? node.expression : node;
    const bare = table?.type === 'ArrayExpression' ? table.elements.find(isBareCase) : undefined;
    if (isTest && bare) others.push({ start: bare.start, fault: 'a test case whose values have no names' });
  };
  new Visitor({
    // In TypeScript the place of a part of a template has its delimiters, in JavaScript it has not.
    TemplateLiteral: (node) =>
      readText(
        node,
        node.quasis.map(({ start, value: { raw } }) => ({ text: raw, start: source.indexOf(raw, start) })),
      ),
    Literal: (node) => {
      const { start, end, value } = node;
      if (typeof value === 'string')
        readText(node, [{ text: source.slice(start + 1, end - 1), start: start + 1 }]);
    },
    VariableDeclarator: ({ id, init, start }) => {
      if (id.type === 'Identifier' && /^[A-Z][A-Z0-9_]+$/.test(id.name)) {
        others.push({ start, fault: `constant ${id.name} is not in camelCase` });
      }
      readTable(init);
    },
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type !== 'MemberExpression') return;
      if (['each', 'for'].includes(callee.property.name)) readTable(first);
      if (['query', 'execute'].includes(callee.property.name)) queries.add(first);
    },
    ForOfStatement: ({ right }) => readTable(right),
  }).visit(program);
  return { keywords, others };
}

/** A row of several values of which one says nothing without a name. */
function isBareCase(row) {
  return row?.type === 'ArrayExpression' && row.elements.length > 1 && row.elements.some(isNumberOrBoolean);
}

function isNumberOrBoolean(element) {
  const value = element?.type === 'UnaryExpression' ? element.argument : element;
  return value?.type === 'Literal' && ['number', 'bigint', 'boolean'].includes(typeof value.value);
}

/** The keywords in upper case, and where they stand. */
function keywordsOf(text, offset) {
  const bytes = Buffer.from(text);
  const place = (byte) => offset + bytes.subarray(0, byte).toString().length;
  return tokensOf(text).flatMap(({ start, end, text: token, keywordKind }) => {
    const [, quote = '', inner] = /^(\$\w*\$|')(.*)\1$/s.exec(token) ?? [];
    if (quote.startsWith('$') || (inner && isStatement(inner))) {
      return keywordsOf(inner, place(start) + quote.length);
    }
    return keywordKind > 0 && isUpperCase(token) ? [{ start: place(start), end: place(end) }] : [];
  });
}

/** What PostgreSQL can read without its place in a statement; where it cannot, the words. */
function tokensOf(text) {
  try {
    return scanSql(text).tokens;
  } catch {
    return [...text.matchAll(/\b[A-Z]{2,}\b/g)].map(({ 0: word, index }) => {
      const start = Buffer.byteLength(text.slice(0, index));
      return { ...scanSql(word).tokens[0], start, end: start + word.length };
    });
  }
}

/** Whether a string in SQL, as `format` takes it, is a statement and not the name of a privilege: 'SELECT'. */
function isStatement(text) {
  return (
    !/^[A-Z]+$/.test(text) &&
    parses(text.replaceAll(/%(\d\$)?[sIL]/g, (placeholder) => 'p'.repeat(placeholder.length)))
  );
}

/**
 * Whether PostgreSQL can parse the texts with a value between each two: as a statement, or as a part of one, if it has
 * a keyword that can be no name. Keywords alone are the name of a command in a message, unless they are sent as a query
 * or have room around them for the rest of one.
 */
function isSql(texts, isQuery) {
  if (!texts.some((text) => /\b[A-Z]{2,}\b/.test(text))) return false;
  if (texts.length === 1 && /^[A-Z ]*$/.test(texts[0])) return isQuery || texts[0].trim() !== texts[0];
  return ['p', '', '1', 'x = 1'].some((value) => {
    const sql = texts.map((text) => text.replaceAll('\\n', ' ').replaceAll("\\'", "'")).join(value);
    if (parses(sql)) return true;
    return fragments.some((statement) => parses(statement(sql))) && tokensOf(sql).some(isReserved);
  });
}

function isReserved({ text, keywordName }) {
  return keywordName === 'RESERVED_KEYWORD' && isUpperCase(text);
}

function isUpperCase(word) {
  return /^[A-Z]{2,}$/.test(word);
}

function parses(sql) {
  try {
    parseSql(sql);
    return true;
  } catch {
    return false;
  }
}

function inLowerCase(source, places) {
  return places.reduce(
    (text, { start, end }) => text.slice(0, start) + text.slice(start, end).toLowerCase() + text.slice(end),
    source,
  );
}

function lineOf(source, offset) {
  return source.slice(0, offset).split('\n').length;
}
