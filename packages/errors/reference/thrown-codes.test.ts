import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { codePatterns, findThrownCodes } from './thrown-codes.ts';

test('every code of the list is thrown', () => {
  const thrown = findThrownCodes(resolve(import.meta.dirname, '../../..'));
  expect([...thrown].filter(([, packages]) => packages.length === 0).map(([code]) => code)).toEqual([]);
});

test.each([
  { source: "throw new UserError('disk-full', message);", patterns: ['^disk-full$'] },
  {
    source: "new UserError(\n  aborted ? 'interrupted' : 'load-failed',\n  message,\n)",
    patterns: ['^interrupted$', '^load-failed$'],
  },
  {
    source:
      'class Failed extends UserError { constructor() { super(`terraform-${command}-failed`, message) } }',
    patterns: ['^terraform-[a-z-]+-failed$'],
  },
  { source: "class Stack extends Construct { constructor() { super(scope, 'id'); } }", patterns: [] },
  { source: 'throw new UserError(error.code, error.message, { hint });', patterns: [] },
  { source: "/**\n * throw new UserError('port-in-use', message);\n */", patterns: [] },
])('the codes in $source', ({ source, patterns }) => {
  expect(codePatterns(source, 'example.ts').map((pattern) => pattern.source)).toEqual(patterns);
});

test('a code that is not a literal where it is thrown is refused', () => {
  expect(() => codePatterns('throw new UserError(code, message);', 'example.ts')).toThrow(
    'example.ts: the code in new UserError(code, ...) has to be a literal.',
  );
});
