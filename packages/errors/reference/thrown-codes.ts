import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, errorCodes } from '../src/error-codes.ts';

const codes = Object.keys(errorCodes) as ErrorCode[];

/**
 * Finds which packages throw which code, by the first argument of each `new UserError(...)` in their sources, and of
 * `super(...)` in its subclasses.
 *
 * @param root of the repository
 * @returns the names of the packages' folders, sorted, by code, in the order of the list
 * @throws Error when a code is not written as a literal where it is thrown
 */
export function findThrownCodes(root: string): Map<ErrorCode, string[]> {
  const files = globSync('{packages,apps}/*/src/**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  const thrown = files.toSorted().flatMap((file) => {
    const patterns = codePatterns(readFileSync(join(root, file), 'utf8'), file);
    const name = file.split(/[/\\]/)[1] ?? '';
    return codes
      .filter((code) => patterns.some((pattern) => pattern.test(code)))
      .map((code) => ({ code, name }));
  });
  return new Map(
    codes.map((code) => [
      code,
      [...new Set(thrown.filter((each) => each.code === code).map(({ name }) => name))].toSorted(),
    ]),
  );
}

/** Patterns of the codes that a source throws. A template matches all codes that it can produce. */
export function codePatterns(source: string, file: string): RegExp[] {
  const code = source.replaceAll(/^[ \t]*\/\*\*[^]*?\*\//gm, '');
  const call = /extends UserError\b/.test(code) ? /\b(?:new UserError|super)\(/g : /\bnew UserError\(/g;
  return [...code.matchAll(call)].flatMap(({ index, 0: { length } }) => {
    const argument = /^[^,()]*/.exec(code.slice(index + length))?.[0] ?? '';
    const literals = [...argument.matchAll(/'([^']+)'|`([^`]+)`/g)].map(
      ([, text, template = '']) => new RegExp(`^${text ?? template.replaceAll(/\$\{[^}]*\}/g, '[a-z-]+')}$`),
    );
    // A copy with another hint: the code is written where the original is thrown.
    if (literals.length === 0 && argument.trim() !== 'error.code') {
      throw new Error(`${file}: the code in new UserError(${argument.trim()}, ...) has to be a literal.`);
    }
    return literals;
  });
}
