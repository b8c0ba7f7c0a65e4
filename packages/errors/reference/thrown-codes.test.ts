import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { codePatterns, findThrownCodes } from './thrown-codes.ts';

test('every code of the list is thrown', () => {
  const thrown = findThrownCodes(resolve(import.meta.dirname, '../../..'));
  expect([...thrown].filter(([, packages]) => packages.length === 0).map(([code]) => code)).toEqual([]);
});

test.each([
  ["throw new UserError('disk-full', message);", ['^disk-full$']],
  [
    "new UserError(\n  aborted ? 'interrupted' : 'load-failed',\n  message,\n)",
    ['^interrupted$', '^load-failed$'],
  ],
  [
    'class Failed extends UserError { constructor() { super(`terraform-${command}-failed`, message) } }',
    ['^terraform-[a-z-]+-failed$'],
  ],
  ["class Stack extends Construct { constructor() { super(scope, 'id'); } }", []],
  ['throw new UserError(error.code, error.message, { hint });', []],
  ["/**\n * throw new UserError('port-in-use', message);\n */", []],
])('%s', (source, patterns) => {
  expect(codePatterns(source, 'example.ts').map((pattern) => pattern.source)).toEqual(patterns);
});

test('a code that is not written where it is thrown is refused', () => {
  expect(() => codePatterns('throw new UserError(code, message);', 'example.ts')).toThrow(
    'example.ts: which code is this? new UserError(code, ...)',
  );
});
