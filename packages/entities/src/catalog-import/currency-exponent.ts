import { currencyRows } from '../migrations/iso-4217.ts';

// The rows of the table `currency`, so that reader and database agree. The runtime's Intl is no source: it gives HUF 0
// decimals, where ISO 4217 has 2.
const exponents = new Map(
  Array.from(currencyRows().matchAll(/\('(\w+)', (\d)\)/g), ([, code = '', exponent]) => [
    code,
    Number(exponent),
  ]),
);

/** Digits of the currency's minor unit (ISO 4217); undefined for a code that the shop doesn't know. */
export function currencyExponent(currency: string): number | undefined {
  return exponents.get(currency);
}
