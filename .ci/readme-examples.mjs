// The ```ts examples of a Markdown page, and what they take as given.
import { existsSync, readFileSync } from 'node:fs';

/** The examples of a page's text, each with its code and the 1-based line of its fence. */
export function examplesOf(text) {
  return Array.from(text.matchAll(/^```ts\n([^]*?)^```$/gm), ({ 1: code, index }) => ({
    code,
    line: text.slice(0, index).split('\n').length,
    hasImports: /^import /m.test(code),
    hasExports: /^export /m.test(code),
  }));
}

/** The names that a package's test/readme.ts declares for its README. */
export function givenNames(packageFolder) {
  const file = `${packageFolder}/test/readme.ts`;
  if (!existsSync(file)) return [];
  const declarations = readFileSync(file, 'utf8').matchAll(/^export declare const (\w+)/gm);
  return Array.from(declarations, ([, name]) => name);
}
