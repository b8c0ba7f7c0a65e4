const million = 1_000_000n;

/**
 * `dividend / divisor`, rounded to the nearest whole number, halves up. The dividend is not negative, the divisor
 * positive.
 */
export function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}

/**
 * A share of an amount in whole minor units, rounded once, halves up: 19 % of 105 is 20. The minor unit is
 * 10^-exponent of the currency, so yen are rounded to whole yen and dinars to thousandths.
 *
 * @param amountMinor not negative
 * @param ratePpm millionths: 190,000 is 19 %, 88,750 is 8.875 %
 */
export function shareOf(amountMinor: bigint, ratePpm: number): bigint {
  return roundedQuotient(amountMinor * BigInt(ratePpm), million);
}

/**
 * The tax that an amount includes, in whole minor units, rounded once, halves up: 19 % in 119 are 19. The rest is the net.
 *
 * @param grossMinor not negative
 * @param ratePpm millionths of the net: 190,000 is 19 %
 */
export function includedShareOf(grossMinor: bigint, ratePpm: number): bigint {
  return roundedQuotient(grossMinor * BigInt(ratePpm), million + BigInt(ratePpm));
}

/**
 * Converts a decimal number of currency units to whole minor units, rounded once, halves up: `12.345` with exponent 2
 * is 1235. For the result of another system, such as a carrier's fee; exact, without floating point.
 *
 * @param decimal digits, with or without a point and decimals; not negative
 * @param exponent the decimals of the currency (`currency.exponent`)
 * @throws RangeError for other text
 */
export function toMinorUnits(decimal: string, exponent: number): bigint {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  if (whole === undefined) throw new RangeError(`'${decimal}' is not a decimal number such as 12.50.`);
  return roundedQuotient(BigInt(whole + fraction) * 10n ** BigInt(exponent), 10n ** BigInt(fraction.length));
}
