import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundedQuotient, shareOf, toMinorUnits } from './minor-units.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });

test('a quotient is rounded to the nearest whole number, halves up', () => {
  fc.assert(
    fc.property(amount, fc.bigInt({ min: 1n, max: 10n ** 6n }), (dividend, divisor) => {
      const distance = 2n * (roundedQuotient(dividend, divisor) * divisor - dividend);
      expect(distance > -divisor && distance <= divisor).toBe(true);
    }),
  );
});

test.each([
  { amountMinor: 105n, ratePpm: 190_000, shareMinor: 20n },
  { amountMinor: 50n, ratePpm: 10_000, shareMinor: 1n },
  { amountMinor: 49n, ratePpm: 10_000, shareMinor: 0n },
  { amountMinor: 9_007_199_254_740_993n, ratePpm: 1_000_000, shareMinor: 9_007_199_254_740_993n },
  { amountMinor: 1000n, ratePpm: 88_750, shareMinor: 89n },
])('$ratePpm ppm of $amountMinor are $shareMinor', ({ amountMinor, ratePpm, shareMinor }) => {
  expect(shareOf(amountMinor, ratePpm)).toBe(shareMinor);
});

test.each([
  { decimal: '12.345', exponent: 2, minor: 1235n },
  { decimal: '12.344', exponent: 2, minor: 1234n },
  { decimal: '12.5', exponent: 0, minor: 13n },
  { decimal: '12', exponent: 3, minor: 12_000n },
  { decimal: '0.0005', exponent: 3, minor: 1n },
  { decimal: '1.005', exponent: 2, minor: 101n },
])('$decimal with exponent $exponent are $minor', ({ decimal, exponent, minor }) => {
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
