import type { BasketPromotion } from '../../pricing/apply-promotions.ts';
import { CouponRefused, type CouponRefusal } from './coupon-refused.ts';

/** A promotion as a cart has it, and its conditions. */
export interface PromotionTerms extends BasketPromotion {
  /** Of the coupon that grants it. */
  id: string;
  isAutomatic: boolean;
  currencyCode: string | null;
  minimumSubtotalMinor: bigint;
  /** Of the lines that it discounts. */
  minimumQuantity: number;
  isValidNow: boolean;
  isForBuyer: boolean;
}

/** SQL: whether a promotion is for the customer of a cart; both are in scope. */
export const isForBuyer = `case promotion.customers when 'all' then true
    when 'signed_in' then cart.customer_id is not null
    else cart.customer_id is not null and not exists (
      select from sales_order o where o.customer_id = cart.customer_id and o.status <> 'cancelled') end`;

/**
 * SQL: {@link PromotionTermsJson} from a join of `coupon`, `promotion` and `cart`; `hit` has the lines of its targets.
 */
export const promotionTermsJson = `jsonb_build_object('id', coupon.id, 'code', coupon.code,
  'isAutomatic', promotion.automatic, 'scope', promotion.scope, 'priority', promotion.priority,
  'combinesWith', promotion.combines_with, 'ratePpm', promotion.rate_ppm,
  'amountMinor', promotion.amount_minor::text, 'buyQuantity', promotion.buy_quantity,
  'getQuantity', promotion.get_quantity, 'lineIds', ${linesOf('get')}, 'buyLineIds', ${linesOf('buy')},
  'currencyCode', promotion.currency_code, 'minimumSubtotalMinor', promotion.minimum_subtotal_minor::text,
  'minimumQuantity', promotion.minimum_quantity, 'isValidNow', promotion.valid @> now(), 'isForBuyer', ${isForBuyer})`;

/** Null where the promotion has no target. */
function linesOf(role: 'get' | 'buy'): string {
  return `case when exists (
      select from promotion_target t where t.promotion_id = promotion.id and t.role = '${role}')
    then (select coalesce(jsonb_agg(line_id), '[]') from hit
      where hit.promotion_id = promotion.id and hit.role = '${role}') end`;
}

/** {@link PromotionTerms} with amounts as text, since JSON has no bigint. */
export type PromotionTermsJson = Omit<PromotionTerms, 'amountMinor' | 'minimumSubtotalMinor'> & {
  amountMinor: string | null;
  minimumSubtotalMinor: string;
};

export function parsePromotionTerms(json: PromotionTermsJson): PromotionTerms {
  return {
    ...json,
    amountMinor: json.amountMinor === null ? null : BigInt(json.amountMinor),
    minimumSubtotalMinor: BigInt(json.minimumSubtotalMinor),
  };
}

/** What conditions look at. */
interface CartOfTerms {
  currencyCode: string;
  /** Before discounts. */
  subtotalMinor: bigint;
  lines: readonly { lineId: string; quantity: number }[];
}

/** Why a cart does not meet the terms of a promotion, or undefined. Does not check the limits of its coupon. */
export function refusalByTerms(terms: PromotionTerms, cart: CartOfTerms): CouponRefusal | undefined {
  if (!terms.isValidNow) return 'not-valid-now';
  if (terms.currencyCode !== null && terms.currencyCode !== cart.currencyCode) return 'other-currency';
  if (!terms.isForBuyer) return 'other-customers';
  if (cart.subtotalMinor < terms.minimumSubtotalMinor) return 'below-minimum';
  if (terms.minimumQuantity > 0 && unitsFor(terms, cart) < terms.minimumQuantity) return 'too-few-units';
  return undefined;
}

function unitsFor({ lineIds }: PromotionTerms, { lines }: CartOfTerms): number {
  const wanted = lineIds && new Set(lineIds);
  return lines.reduce((sum, { lineId, quantity }) => sum + (!wanted || wanted.has(lineId) ? quantity : 0), 0);
}

/** @throws CouponRefused: the cart does not meet the terms */
export function requireTerms(terms: PromotionTerms, cart: CartOfTerms): void {
  const refusal = refusalByTerms(terms, cart);
  if (refusal !== undefined) throw new CouponRefused(terms.code, refusal);
}
