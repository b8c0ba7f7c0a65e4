// The ```ts examples of Markdown pages and of doc comments, and what they take as given.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The examples of a file, each with its code and the 1-based line of its fence. */
export function examplesOf(file) {
  const text = readFileSync(file, 'utf8');
  return fencedExamples(file.endsWith('.ts') ? docComments(text) : text);
}

function fencedExamples(text) {
  return Array.from(text.matchAll(/^```ts\n([^]*?)^```$/gm), ({ 1: code, index }) => ({
    code,
    line: text.slice(0, index).split('\n').length,
    hasImports: /^import /m.test(code),
    hasExports: /^export /m.test(code),
  }));
}

/** The text of a source's doc comments, each line on its own line number. */
export function docComments(source) {
  const comment = /^[ \t]*\/\*\*[^]*?\*\//gm;
  let text = '';
  let end = 0;
  for (const { 0: found, index } of source.matchAll(comment)) {
    text += source.slice(end, index).replaceAll(/[^\n]/g, '');
    text += found.replaceAll(/^[ \t]*\/?\*+\/?[ \t]?/gm, '');
    end = index + found.length;
  }
  return text;
}

/** The folder of the package that a file's examples are of; for a page about all of them, of one that has them all. */
export function packageFolderOf(file) {
  const [folder] = /^(packages|apps|examples)\/[^/]+/.exec(file) ?? [];
  if (folder !== undefined) return folder;
  const [, name] = /^docs\/reference\/([^/]+)\.md$/.exec(file) ?? [];
  return name !== undefined && existsSync(`packages/${name}`) ? `packages/${name}` : 'apps/deploy';
}

/** The names that a package's test/readme.ts declares for its examples. */
export function givenNames(packageFolder) {
  const file = join(packageFolder, 'test/readme.ts');
  if (!existsSync(file)) return [];
  const declarations = readFileSync(file, 'utf8').matchAll(/^export declare const (\w+)/gm);
  return Array.from(declarations, ([, name]) => name);
}
