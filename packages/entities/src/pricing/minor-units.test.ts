import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundedQuotient, shareOf, toMinorUnits } from './minor-units.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });

test('a quotient is rounded to the nearest whole number, a half up', () => {
  fc.assert(
    fc.property(amount, fc.bigInt({ min: 1n, max: 10n ** 6n }), (dividend, divisor) => {
      const distance = 2n * (roundedQuotient(dividend, divisor) * divisor - dividend);
      expect(distance > -divisor && distance <= divisor).toBe(true);
    }),
  );
});

test.each([
  [105n, 190_000, 20n],
  [50n, 10_000, 1n],
  [49n, 10_000, 0n],
  [9_007_199_254_740_993n, 1_000_000, 9_007_199_254_740_993n],
  [1000n, 88_750, 89n],
])('%s at %i ppm are %s', (amountMinor, ratePpm, share) => {
  expect(shareOf(amountMinor, ratePpm)).toBe(share);
});

test.each([
  ['12.345', 2, 1235n],
  ['12.344', 2, 1234n],
  ['12.5', 0, 13n],
  ['12', 3, 12_000n],
  ['0.0005', 3, 1n],
  ['1.005', 2, 101n],
])('%s with exponent %i are %s', (decimal, exponent, minor) => {
  expect(toMinorUnits(decimal, exponent)).toBe(minor);
});

test('a decimal of the currency comes back as it was written', () => {
  fc.assert(
    fc.property(amount, fc.constantFrom(0, 2, 3), (minor, exponent) => {
      const digits = minor.toString().padStart(exponent + 1, '0');
      const point = digits.length - exponent;
      const decimal = exponent === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
      expect(toMinorUnits(decimal, exponent)).toBe(minor);
    }),
  );
});

test.each(['', '-1', '1,5', '1.', '.5', '1e3', 'NaN'])('%j is no decimal number', (text) => {
  expect(() => toMinorUnits(text, 2)).toThrow(RangeError);
});
