import { CouponRefused, type CouponRefusal } from './coupon-refused.ts';
import type { PromotionDiscount } from '../../pricing/promotion-discount.ts';

/** The discount of a coupon, and its conditions. */
export interface CouponTerms extends PromotionDiscount {
  id: string;
  code: string;
  currencyCode: string | null;
  minimumSubtotalMinor: bigint;
  isValidNow: boolean;
}

/** SQL: {@link CouponTermsJson} from a join of `coupon` and `promotion`. */
export const couponTermsJson = `jsonb_build_object('id', coupon.id, 'code', coupon.code,
  'ratePpm', promotion.rate_ppm, 'amountMinor', promotion.amount_minor::text,
  'currencyCode', promotion.currency_code, 'minimumSubtotalMinor', promotion.minimum_subtotal_minor::text,
  'isValidNow', promotion.valid @> now())`;

/** {@link CouponTerms} with amounts as text, since JSON has no bigint. */
export type CouponTermsJson = Omit<CouponTerms, 'amountMinor' | 'minimumSubtotalMinor'> & {
  amountMinor: string | null;
  minimumSubtotalMinor: string;
};

export function parseCouponTerms(json: CouponTermsJson): CouponTerms {
  return {
    ...json,
    amountMinor: json.amountMinor === null ? null : BigInt(json.amountMinor),
    minimumSubtotalMinor: BigInt(json.minimumSubtotalMinor),
  };
}

/** Why a cart does not meet the terms of its coupon, or undefined. Does not check the limits. */
export function refusalByTerms(
  terms: CouponTerms,
  cart: { currencyCode: string; subtotalMinor: bigint },
): CouponRefusal | undefined {
  if (!terms.isValidNow) return 'not-valid-now';
  if (terms.currencyCode !== null && terms.currencyCode !== cart.currencyCode) return 'other-currency';
  if (cart.subtotalMinor < terms.minimumSubtotalMinor) return 'below-minimum';
  return undefined;
}

/** @throws CouponRefused: the cart does not meet the terms */
export function requireTerms(
  terms: CouponTerms,
  cart: { currencyCode: string; subtotalMinor: bigint },
): void {
  const refusal = refusalByTerms(terms, cart);
  if (refusal !== undefined) throw new CouponRefused(terms.code, refusal);
}
