import { shareOf } from './minor-units.ts';

/** What a promotion takes off: one of the two. */
export interface PromotionDiscount {
  ratePpm: number | null;
  amountMinor: bigint | null;
}

/**
 * What a promotion takes off an amount, in whole minor units: a share of it, rounded once, or a fixed amount, and never
 * more than there is.
 */
export function promotionDiscount({ ratePpm, amountMinor }: PromotionDiscount, minor: bigint): bigint {
  const discount = ratePpm === null ? (amountMinor ?? 0n) : shareOf(minor, ratePpm);
  return discount < minor ? discount : minor;
}
