import { amountMinor, taxRatePpm } from '../bounds.ts';

/** The parts of an input that say at which rate a tax is, and what it is charged on. */
export const taxBaseParts = {
  ratePpm: taxRatePpm.optional(),
  taxableMinor: amountMinor.optional(),
};

interface BasedTax {
  amountMinor: bigint;
  ratePpm?: number | undefined;
  taxableMinor?: bigint | undefined;
}

const million = 1_000_000n;

/**
 * Whether a tax has neither a rate nor a base, or both, and is their product, give or take what roundings of it and of
 * the net add up to. A CHECK of `order_adjustment` says so, too.
 */
export function isOfItsBase({ amountMinor, ratePpm, taxableMinor }: BasedTax): boolean {
  if (ratePpm === undefined || taxableMinor === undefined) return ratePpm === taxableMinor;
  const difference = amountMinor * million - taxableMinor * BigInt(ratePpm);
  return (difference < 0n ? -difference : difference) <= 2n * (million + BigInt(ratePpm));
}

/** The same of what a program without types may have returned; a line may have more than an input. */
export function isBasedTax(tax: BasedTax): boolean {
  const { ratePpm, taxableMinor } = tax;
  const isAmount = taxableMinor === undefined || (typeof taxableMinor === 'bigint' && taxableMinor >= 0n);
  return isAmount && taxBaseParts.ratePpm.safeParse(ratePpm).success && isOfItsBase(tax);
}
