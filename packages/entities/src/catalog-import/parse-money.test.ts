import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal } from '../../test/catalog-csv.ts';
import { currencyExponents } from '../migrations/iso-4217.ts';
import { parseMoney } from './parse-money.ts';

const anAmount = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const anExponent = fc.integer({ min: 0, max: 4 });

test('reads back every amount that a bigint column holds', () => {
  fc.assert(
    fc.property(anAmount, anExponent, (minor, exponent) => {
      expect(parseMoney(decimal(minor, exponent), exponent)).toEqual({ value: minor });
    }),
  );
});

test('decimals that are not written count as zeros', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), anExponent, (whole, exponent) => {
      expect(parseMoney(String(whole), exponent)).toEqual({ value: whole * 10n ** BigInt(exponent) });
    }),
  );
});

test('refuses more decimals than the currency has, zeros included', () => {
  fc.assert(
    fc.property(anAmount, anExponent, fc.stringMatching(/^\d{1,9}$/), (minor, exponent, more) => {
      const text = exponent === 0 ? `${minor}.${more}` : decimal(minor, exponent) + more;
      expect(parseMoney(text, exponent)).toEqual({
        reason: `has ${exponent + more.length} decimals; the currency has ${exponent}`,
      });
    }),
  );
});

test('gives an amount or a reason for any text', () => {
  fc.assert(
    fc.property(fc.string(), anExponent, (text, exponent) => {
      const parsed = parseMoney(text, exponent);
      expect('value' in parsed ? /^\d+(\.\d+)?$/.test(text) : parsed.reason !== '').toBe(true);
    }),
  );
});

test.each([
  ['0', 2, { value: 0n }],
  ['0.1', 2, { value: 10n }],
  ['1.15', 2, { value: 115n }],
  ['00019.90', 2, { value: 1990n }],
  ['92233720368547758.07', 2, { value: 9223372036854775807n }],
  ['92233720368547758.08', 2, { reason: 'is too large' }],
  ['9'.repeat(100_000), 2, { reason: 'is too large' }],
  ['-1', 2, { reason: 'is negative' }],
  ['1e3', 2, { reason: 'is not a decimal number like 19.90' }],
  ['1,000.00', 2, { reason: 'is not a decimal number like 19.90' }],
  ['$5', 2, { reason: 'is not a decimal number like 19.90' }],
  ['NaN', 2, { reason: 'is not a decimal number like 19.90' }],
  ['', 2, { reason: 'is not a decimal number like 19.90' }],
])('%.30s with exponent %i', (text, exponent, parsed) => {
  expect(parseMoney(text, exponent)).toEqual(parsed);
});

test.each([
  ['USD', 2],
  ['JPY', 0],
  ['HUF', 2],
  ['KWD', 3],
  ['usd', undefined],
  ['XXX', undefined],
])('%s has %s decimals', (currency, exponent) => {
  expect(currencyExponents.get(currency)).toBe(exponent);
});
