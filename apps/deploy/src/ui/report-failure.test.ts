import { UserError } from '@ecommerce-dms/errors';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reportFailure } from './report-failure.ts';

let printed: string;
beforeEach(() => {
  printed = '';
  vi.spyOn(console, 'error').mockImplementation((line: unknown) => {
    printed += `${line instanceof Error ? line.stack : String(line)}\n`;
  });
});
afterEach(() => vi.restoreAllMocks());

const running = new AbortController().signal;

test("a user's mistake is a sentence and a hint, without a stack", () => {
  const error = new UserError('invalid-database-url', 'DATABASE_URL cannot be used.', { hint: 'Set it.' });
  expect(reportFailure(error, running)).toBe(2);
  expect(printed).toBe('dms: DATABASE_URL cannot be used.\n     Set it.\n');
});

test("an error of somebody else's with the same fields is reported in the same way", () => {
  const error = Object.assign(new Error('The shop is closed.'), {
    code: 'shop-closed',
    hint: 'Come back tomorrow.',
    exitCode: 3,
  });
  expect(reportFailure(error, running)).toBe(3);
  expect(printed).toBe('dms: The shop is closed.\n     Come back tomorrow.\n');
});

test('an interrupt says how to go on, whatever it broke', () => {
  expect(reportFailure(new Error('connection closed'), AbortSignal.abort())).toBe(1);
  expect(printed).toBe('Interrupted. What was done is kept; run the same command again to go on.\n');
});

test('an interrupt that could not be cleaned up after says what is left, and what to do', () => {
  const error = new UserError('restore-failed', 'Keys are missing.', { hint: 'Bring them back.' });
  expect(reportFailure(error, AbortSignal.abort())).toBe(1);
  expect(printed).toBe('dms: Keys are missing.\n     Bring them back.\n');
});

test.each([
  { code: 'EACCES', reason: 'permission denied' },
  { code: 'EROFS', reason: 'the file system is read-only' },
  { code: 'ENOSPC', reason: 'no space is left on the disk' },
])('a file that cannot be written ($code) is named with its path', ({ code, reason }) => {
  const error = Object.assign(new Error('failed'), { code, path: '/data/.dms' });
  expect(reportFailure(error, running)).toBe(1);
  expect(printed).toBe(`dms: /data/.dms cannot be written: ${reason}.\n`);
});

test('anything else is a defect, with its stack', () => {
  expect(reportFailure(new TypeError('x is not a function'), running)).toBe(1);
  expect(printed).toContain('unexpected error');
  expect(printed).toMatch(/^ +at /m);
});
