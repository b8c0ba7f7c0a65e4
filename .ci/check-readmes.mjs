// Type-checks the ```ts examples of all Markdown pages and doc comments, looks for links and paths in the pages that lead
// nowhere, and for entries without an example. An example without imports has all that its package exports. What a
// package's test/readme.ts declares is given.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { docComments, examplesOf, givenNames, packageFolderOf } from './readme-examples.mjs';

process.chdir(resolve(import.meta.dirname, '..'));
const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n');
const pages = tracked.filter((file) => file.endsWith('.md') && !/^\.changeset|CHANGELOG/.test(file));
const sources = tracked.filter((file) => /^(packages|apps)\/[^/]+\/src\/.*(?<!\.test)\.ts$/.test(file));
const read = (file) => readFileSync(file, 'utf8');

/** Imports of all that a package's entry points export, in lists `export { a, type B } from`; each name once. */
function importsOf(folder) {
  const { name, exports } = JSON.parse(read(join(folder, 'package.json')));
  const seen = new Set();
  return Object.entries(exports)
    .filter(([, source]) => source.endsWith('.ts'))
    .map(([path, source]) => {
      const lists = read(join(folder, source)).matchAll(/export (?:type )?\{([^}]*)\}/g);
      const names = Array.from(lists, ([, list]) =>
        list.split(',').map((item) => item.trim().replace(/^type /, '')),
      )
        .flat()
        .filter((item) => item !== '' && !seen.has(item));
      for (const item of names) seen.add(item);
      return `import { ${names.join(', ')} } from '${join(name, path)}';`;
    })
    .join('');
}

/**
 * An example as a module whose line numbers are the page's. What follows its imports is in a block: a name that it
 * declares wins over one that is exported or given.
 */
function moduleOf({ code, line, hasImports, hasExports }, folder) {
  const padding = '\n'.repeat(line - 1);
  if (hasExports) return `${padding}\n${code}`;
  const lastImport = [...code.matchAll(/^(?:import |\} from ).*;$/gm)].at(-1);
  const bodyStart = hasImports ? lastImport.index + lastImport[0].length : 0;
  let around = hasImports ? '' : importsOf(folder);
  const given = givenNames(folder);
  if (given.length > 0) around += `import { ${given.join(', ')} } from '../test/readme.ts';`;
  return `${around}${padding}\n${code.slice(0, bodyStart)}{${code.slice(bodyStart)}}\nexport {};\n`;
}

/** What TypeScript finds in the examples, as `page:line:column: ...`. */
function typeFaults() {
  const pageOf = new Map();
  const folders = new Map([['.', mkdtempSync('.readme-')]]);
  try {
    for (const page of [...pages, ...sources]) {
      const folder = packageFolderOf(page);
      for (const example of examplesOf(page)) {
        if (!folders.has(folder)) folders.set(folder, mkdtempSync(join(folder, '.readme-')));
        const file = join(folders.get(folder), `${pageOf.size}.ts`);
        writeFileSync(file, moduleOf(example, folder));
        pageOf.set(file, page);
      }
    }
    const project = join(folders.get('.'), 'tsconfig.json');
    const compilerOptions = { noEmit: true, allowImportingTsExtensions: true, verbatimModuleSyntax: false };
    const files = Array.from(pageOf.keys(), (file) => resolve(file));
    writeFileSync(project, JSON.stringify({ extends: '../tsconfig.base.json', compilerOptions, files }));
    const tsc = spawnSync('node_modules/.bin/tsc', ['--pretty', 'false', '-p', project], {
      encoding: 'utf8',
    });
    if (tsc.error) throw tsc.error;
    console.log(`${pageOf.size} examples of pages and doc comments type-checked`);
    if (tsc.status === 0) return [];
    const place = /^(.+?)\((\d+),(\d+)\): /gm;
    const output = tsc.stdout.replaceAll(
      place,
      (_, file, line, column) => `${pageOf.get(file) ?? file}:${line}:${column}: `,
    );
    return [output.trim()];
  } finally {
    for (const folder of folders.values()) rmSync(folder, { recursive: true });
  }
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text) {
  const slug = (title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-');
  return Array.from(text.matchAll(/^#+ (.*)$/gm), ([, title]) => slug(title));
}

function isLinkBroken(page, path, anchor) {
  const target = path === '' ? page : join(dirname(page), path);
  return !existsSync(target) || (anchor !== '' && !anchorsOf(read(target)).includes(anchor));
}

/** Whether no tracked path is, ends with or goes through this one; `*` stands for anything. */
function isPathUnknown(path) {
  const pattern = path.split(/\*+/).map(RegExp.escape).join('.*');
  return !tracked.some((file) => new RegExp(`(^|/)${pattern}($|/)`).test(file));
}

/**
 * Links to files and headings that are not there, and paths in backquotes that no tracked file has. The paths in a
 * package's README are its user's.
 */
function pathFaults(page) {
  const link = /\]\((?!\w+:)([^#)]*)#?([^)]*)\)/g;
  const path = /`((?:packages|apps|docs|src|\.ci|\.github)\/[\w./*-]+|[\w./*-]+\.(?:ts|mjs|yml))`/g;
  return read(page)
    .split('\n')
    .flatMap((line, index) =>
      [
        ...[...line.matchAll(link)].filter(([, to, anchor]) => isLinkBroken(page, to, anchor)),
        ...[...line.matchAll(path)].filter(
          ([, name]) => !page.startsWith('packages/') && isPathUnknown(name),
        ),
      ].map(([text]) => `${page}:${index + 1}: ${text} leads nowhere`),
    );
}

/** Examples that are not in a fence, where nothing would check them. */
function unfencedExamples(source) {
  return Array.from(docComments(read(source)).matchAll(/^@example(?!\n```ts\n)/gm), ({ input, index }) => {
    const line = input.slice(0, index).split('\n').length;
    return `${source}:${line}: the code of an @example belongs between \`\`\`ts and \`\`\`, on lines of their own`;
  });
}

/** What docs/architecture.md names as an entry to a package, and no source documents with an @example. */
function entriesWithoutExample() {
  const table =
    /^## Contracts between the packages\n([^]*?)^## /m.exec(read('docs/architecture.md'))?.[1] ?? '';
  const cells = Array.from(table.matchAll(/^\| [^|]+ \|([^|]+)\|/gm), ([, entry]) => entry);
  const entries = cells.flatMap((cell) => Array.from(cell.matchAll(/`(\w+)/g), ([, name]) => name));
  if (entries.length === 0) return ['docs/architecture.md: the table of the contracts names no entry'];
  const comment = /\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport (?:async )?(?:function|class|const) (\w+)/g;
  const documented = sources.flatMap((source) => Array.from(read(source).matchAll(comment)));
  const withExample = new Set(
    documented.filter(([, text]) => text.includes('@example')).map(([, , name]) => name),
  );
  return entries
    .filter((name) => !withExample.has(name))
    .map((name) => `docs/architecture.md: the doc comment of ${name} has no @example`);
}

const faults = [
  ...typeFaults(),
  ...sources.flatMap(unfencedExamples),
  ...entriesWithoutExample(),
  ...pages.flatMap(pathFaults),
];
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
