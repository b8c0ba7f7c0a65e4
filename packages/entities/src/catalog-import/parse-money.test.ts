import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal } from '../../test/catalog-csv.ts';
import { maxAmountMinor } from '../bounds.ts';
import { currencyExponents } from '../migrations/iso-4217.ts';
import { parseMoney } from './parse-money.ts';

const anAmount = fc.bigInt({ min: 0n, max: maxAmountMinor });
const anExponent = fc.integer({ min: 0, max: 4 });

test('reads back every amount that a price can have', () => {
  fc.assert(
    fc.property(anAmount, anExponent, (minor, exponent) => {
      expect(parseMoney(decimal(minor, exponent), exponent)).toEqual({ value: minor });
    }),
  );
});

test('missing decimals count as zeros', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 10n }), anExponent, (whole, exponent) => {
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

test('returns an amount or a reason for any text', () => {
  fc.assert(
    fc.property(fc.string(), anExponent, (text, exponent) => {
      const parsed = parseMoney(text, exponent);
      expect('value' in parsed ? /^\d+(\.\d+)?$/.test(text) : parsed.reason !== '').toBe(true);
    }),
  );
});

test.each([
  { text: '0', parsed: { value: 0n } },
  { text: '0.1', parsed: { value: 10n } },
  { text: '1.15', parsed: { value: 115n } },
  { text: '00019.90', parsed: { value: 1990n } },
  { text: '9999999999999.99', parsed: { value: 999_999_999_999_999n } },
  { text: '10000000000000.00', parsed: { reason: 'is too large' } },
  { text: '9'.repeat(100_000), parsed: { reason: 'is too large' } },
  { text: '-1', parsed: { reason: 'is negative' } },
  { text: '1e3', parsed: { reason: 'is not a decimal number like 19.90' } },
  { text: '1,000.00', parsed: { reason: 'is not a decimal number like 19.90' } },
  { text: '$5', parsed: { reason: 'is not a decimal number like 19.90' } },
  { text: 'NaN', parsed: { reason: 'is not a decimal number like 19.90' } },
  { text: '', parsed: { reason: 'is not a decimal number like 19.90' } },
])('$text with 2 decimals', ({ text, parsed }) => {
  expect(parseMoney(text, 2)).toEqual(parsed);
});

test.each([
  { currency: 'USD', exponent: 2 },
  { currency: 'JPY', exponent: 0 },
  { currency: 'HUF', exponent: 2 },
  { currency: 'KWD', exponent: 3 },
  { currency: 'usd', exponent: undefined },
  { currency: 'XXX', exponent: undefined },
])('$currency has $exponent decimals', ({ currency, exponent }) => {
  expect(currencyExponents.get(currency)).toBe(exponent);
});
