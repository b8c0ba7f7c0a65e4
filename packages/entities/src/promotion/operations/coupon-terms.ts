import { CouponRefused, type CouponRefusal } from './coupon-refused.ts';
import type { PromotionDiscount } from '../../pricing/promotion-discount.ts';

/** What a coupon grants, and on which terms. */
export interface CouponTerms extends PromotionDiscount {
  id: string;
  code: string;
  currencyCode: string | null;
  minimumSubtotalMinor: bigint;
  isValidNow: boolean;
}

/** Columns of a query that joins `coupon` and `promotion`; amounts are text, since JSON has no bigint. */
export const couponTermsJson = `jsonb_build_object('id', coupon.id, 'code', coupon.code,
  'ratePpm', promotion.rate_ppm, 'amountMinor', promotion.amount_minor::text,
  'currencyCode', promotion.currency_code, 'minimumSubtotalMinor', promotion.minimum_subtotal_minor::text,
  'isValidNow', promotion.valid @> now())`;

/** {@link CouponTerms} as JSON. */
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

/** Why a cart does not meet the terms of its coupon, or undefined. The limits are not looked at. */
export function refusalByTerms(
  terms: CouponTerms,
  cart: { currencyCode: string; subtotalMinor: bigint },
): CouponRefusal | undefined {
  if (!terms.isValidNow) return 'not-valid-now';
  if (terms.currencyCode !== null && terms.currencyCode !== cart.currencyCode) return 'other-currency';
  if (cart.subtotalMinor < terms.minimumSubtotalMinor) return 'below-minimum';
  return undefined;
}

/** @throws CouponRefused when the cart does not meet the terms */
export function requireTerms(
  terms: CouponTerms,
  cart: { currencyCode: string; subtotalMinor: bigint },
): void {
  const refusal = refusalByTerms(terms, cart);
  if (refusal !== undefined) throw new CouponRefused(terms.code, refusal);
}
