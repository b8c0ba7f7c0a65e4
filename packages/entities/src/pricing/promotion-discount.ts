import { shareOf } from './minor-units.ts';

/** The discount of a promotion: one of the two is null. */
export interface PromotionDiscount {
  ratePpm: number | null;
  amountMinor: bigint | null;
}

/**
 * The discount of a promotion on an amount, in whole minor units: a share of it, rounded once, or a fixed amount, and
 * at most the amount itself.
 */
export function promotionDiscount({ ratePpm, amountMinor }: PromotionDiscount, minor: bigint): bigint {
  const discount = ratePpm === null ? (amountMinor ?? 0n) : shareOf(minor, ratePpm);
  return discount < minor ? discount : minor;
}
