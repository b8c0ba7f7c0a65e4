import { UserError } from '@ecommerce-dms/errors';
import { shareOf } from './minor-units.ts';
import type { Charge, TaxCalculator } from './basket.ts';

/** A tax of a country, or of a region of it. */
export interface TaxRate {
  /** What orders show, such as `VAT 19 %`. */
  code: string;
  /** ISO 3166-1 alpha-2. */
  countryCode: string;
  /** As in the address; undefined for a tax of the whole country. */
  region?: string;
  /** Millionths of the price before tax: 190,000 is 19 %. */
  ratePpm: number;
  /** Whether shipping fees are taxed, too: those of taxable lines, and of an order that has one. */
  taxesShipping: boolean;
}

/**
 * A tax calculator for a table of rates. Every rate for the destination applies: those of its country, and those of
 * its region. A line is taxed on what is left after its discount, rounded once, halves up, unless its variant is not
 * taxable.
 *
 * @throws UserError `invalid-settings`: a rate is not a whole number of millionths, 0 or more
 */
export function taxByRegion(rates: readonly TaxRate[]): TaxCalculator {
  const wrong = rates.filter(({ ratePpm }) => !Number.isSafeInteger(ratePpm) || ratePpm < 0);
  if (wrong.length > 0) {
    const named = wrong.map(({ code, ratePpm }) => `${code} (${ratePpm})`).join(', ');
    throw new UserError('invalid-settings', `Tax rates are whole millionths, 0 or more: not ${named}.`, {
      hint: 'ratePpm: 190_000 is 19 %.',
    });
  }
  return ({ lines, destination }, shipping) => {
    const taxable = lines.filter(({ isTaxable }) => isTaxable);
    const shippingMinor = shipping
      .filter(({ lineId }) => taxable.some((line) => lineId === undefined || line.lineId === lineId))
      .reduce((sum, fee) => sum + fee.amountMinor, 0n);
    return rates
      .filter(
        ({ countryCode, region }) =>
          countryCode === destination.countryCode && (region === undefined || region === destination.region),
      )
      .flatMap(({ code, ratePpm, taxesShipping }): Charge[] => [
        ...taxable.map(({ lineId, totalMinor, discountMinor }) => ({
          code,
          lineId,
          amountMinor: shareOf(totalMinor - discountMinor, ratePpm),
        })),
        { code, amountMinor: taxesShipping ? shareOf(shippingMinor, ratePpm) : 0n },
      ])
      .filter(({ amountMinor }) => amountMinor > 0n);
  };
}
