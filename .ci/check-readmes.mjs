// Type-checks the ```ts examples of all Markdown pages, and looks for links and paths in them that lead nowhere.
// An example without imports has all that its package exports. What a package's test/readme.ts declares is given.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { examplesOf, givenNames } from './readme-examples.mjs';

process.chdir(resolve(import.meta.dirname, '..'));
const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n');
const pages = tracked.filter((file) => file.endsWith('.md') && !/^\.changeset|CHANGELOG/.test(file));
const read = (file) => readFileSync(file, 'utf8');

/** The names in the lists `export { a, type B } from` of an index.ts. */
function exportedNames(index) {
  const lists = Array.from(index.matchAll(/export (?:type )?\{([^}]*)\}/g), ([, list]) => list.split(','));
  return lists.flatMap((list) => list.map((name) => name.trim().replace(/^type /, '')).filter(Boolean));
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
  let around = '';
  if (!hasImports) {
    const { name } = JSON.parse(read(join(folder, 'package.json')));
    around += `import { ${exportedNames(read(join(folder, 'src/index.ts'))).join(', ')} } from '${name}';`;
  }
  const given = givenNames(folder);
  if (given.length > 0) around += `import { ${given.join(', ')} } from '../test/readme.ts';`;
  return `${around}${padding}\n${code.slice(0, bodyStart)}{${code.slice(bodyStart)}}\nexport {};\n`;
}

/** What TypeScript finds in the examples, as `page:line:column: ...`. */
function typeFaults() {
  const pageOf = new Map();
  const folders = new Map([['.', mkdtempSync('.readme-')]]);
  try {
    for (const page of pages) {
      const folder = existsSync(join(dirname(page), 'package.json')) ? dirname(page) : '.';
      for (const example of examplesOf(read(page))) {
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
    console.log(`${pageOf.size} examples of the READMEs type-checked`);
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

const faults = [...typeFaults(), ...pages.flatMap(pathFaults)];
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
