import { z } from 'zod';
import {
  amountMinor,
  listOf,
  maxUnits,
  positiveAmountMinor,
  textUpTo,
  units,
  wholeNumber,
} from '../../bounds.ts';
import { promotionScopes } from '../../pricing/apply-promotions.ts';

/** Of a coupon, or of an automatic promotion: upper case, as customers may type it in any case. */
export const couponCode = textUpTo(40)
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9-]{3,40}$/, 'not 3 to 40 letters, digits and hyphens');

/** How many orders may use a coupon. */
export const usageLimit = wholeNumber(0, maxUnits);

/** What can be changed of a promotion. */
export const promotionTerms = {
  ratePpm: wholeNumber(1, 1_000_000),
  amountMinor: positiveAmountMinor,
  minimumSubtotalMinor: amountMinor,
  minimumQuantity: wholeNumber(0, maxUnits),
  priority: wholeNumber(-maxUnits, maxUnits),
  combinesWith: listOf(z.enum(promotionScopes), 3).transform((scopes) => [...new Set(scopes)]),
};

/** What a promotion is for. */
export const promotionTargets = z.strictObject({
  productIds: listOf(z.uuid()).default([]),
  variantIds: listOf(z.uuid()).default([]),
  categoryIds: listOf(z.uuid()).default([]),
});

export const buyGet = z.strictObject({
  buyQuantity: units,
  getQuantity: units,
  /** What is to be bought. */
  of: promotionTargets.optional(),
});

/** The rows of targets. */
export function targetRows(
  role: 'get' | 'buy',
  targets: z.output<typeof promotionTargets> | undefined,
): { role: string; productId?: string; variantId?: string; categoryId?: string }[] {
  const ids = <Name extends string>(name: Name, of: readonly string[] = []) =>
    [...new Set(of.map((id) => id.toLowerCase()))].map((id) => ({ role, [name]: id }));
  return [
    ...ids('productId', targets?.productIds),
    ...ids('variantId', targets?.variantIds),
    ...ids('categoryId', targets?.categoryIds),
  ];
}
