import { expect, expectTypeOf, test } from 'vitest';
import { type ErrorCode, errorCodes } from './error-codes.ts';
import { isUserError, UserError, withHint } from './user-error.ts';

const codes = Object.entries(errorCodes);

test.each(codes)('%s has a name that follows the scheme, a cause and a remedy', (code, { cause, remedy }) => {
  expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(code).not.toMatch(/^(bad|wrong|no|unknown)-|-(invalid|missing)$/);
  expect(cause).toMatch(/^\S.*\.$/);
  expect(remedy).toMatch(/^[A-Z].*[.\d]$/);
});

test('a wrong input ends with exit code 2', () => {
  const invalid = codes.filter(([code]) => code.startsWith('invalid-'));
  expect(new Set(invalid.map(([, { exitCode }]) => exitCode))).toEqual(new Set([2]));
});

test('an error has the exit code of its code', () => {
  expect(new UserError('invalid-settings', 'Wrong.')).toMatchObject({ exitCode: 2, hint: undefined });
  expect(new UserError('disk-full', 'Full.', { hint: 'Make room.' })).toMatchObject({
    exitCode: 1,
    hint: 'Make room.',
  });
  expect(new UserError('policy-findings', 'One.').exitCode).toBe(3);
});

test('a code that is not in the list does not compile', () => {
  expectTypeOf<ConstructorParameters<typeof UserError>[0]>().toEqualTypeOf<ErrorCode>();
  expectTypeOf<'disk-ful'>().not.toExtend<ErrorCode>();
});

test('another hint keeps the code, the message and the exit code', () => {
  const original = new UserError('policy-findings', 'Two.', { hint: 'Fix them.' });
  const copy = withHint(original, "Run 'dms policy'.");
  expect(copy).toBeInstanceOf(UserError);
  expect(copy).toMatchObject({
    code: 'policy-findings',
    message: 'Two.',
    hint: "Run 'dms policy'.",
    exitCode: 3,
    cause: original,
  });
});

test('an error of another program is reported like ours when it has the same fields', () => {
  class ShopClosed extends Error {
    readonly code = 'shop-closed';
    readonly hint = 'Come back tomorrow.';
    readonly exitCode = 1;
  }
  expect(isUserError(new ShopClosed('The shop is closed.'))).toBe(true);
  expect(isUserError(new Error('The shop is closed.'))).toBe(false);
});
