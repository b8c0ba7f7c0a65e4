import { maxAmountMinor } from '../bounds.ts';
import type { Parsed } from './parse-cell.ts';

/**
 * Converts a decimal amount to minor units of its currency, without floating point: `19.9` with exponent 2 is
 * `1990n`.
 *
 * @param text digits, with an optional point and decimals; no sign, no thousands separators, no currency symbol
 * @param exponent the number of decimals of the currency
 * @returns the amount, or the reason why there is none
 */
export function parseMoney(text: string, exponent: number): Parsed<bigint> {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return { reason: 'is not a decimal number like 19.90' };
  const [, sign = '', whole = '', decimals = ''] = match;
  if (sign !== '') return { reason: 'is negative' };
  if (decimals.length > exponent) {
    return { reason: `has ${decimals.length} decimals; the currency has ${exponent}` };
  }
  // Refused before BigInt() spends time on a megabyte of digits.
  if (whole.length > 400) return { reason: 'is too large' };
  const minor = BigInt(whole + decimals.padEnd(exponent, '0'));
  return minor > maxAmountMinor ? { reason: 'is too large' } : { value: minor };
}
