import { UserError } from '@ecommerce-dms/errors';
import type { JsonObject } from '../../bounds.ts';
import type { OpenCart } from './lock-open-cart.ts';
import { type CartContents, priceChanges } from './read-cart.ts';
import {
  type PromotionTerms,
  refusalByTerms,
  requireTerms,
} from '../../promotion/operations/promotion-terms.ts';
import { PriceChanged } from './price-changed.ts';
import type { BasketLine, PriceCalculators } from '../../pricing/basket.ts';
import { type PricedBasket, priceBasket, type UnpricedBasket } from '../../pricing/price-basket.ts';

/** A line of a cart with what an order remembers of it. */
export interface CheckoutLine extends BasketLine {
  /** The list that the price is of: the cart's, or `base`. */
  priceList: string;
  /** Null: none. */
  properties: JsonObject | null;
  sku: string | null;
  title: string;
  variantTitle: string;
}

/** The price at which a cart can be ordered. */
export interface PricedCart {
  price: PricedBasket<CheckoutLine>;
  /** Those that took something off. */
  used: PromotionTerms[];
}

/**
 * What a cart costs with its coupon and the automatic promotions whose conditions it meets.
 *
 * @throws UserError `cart-empty`
 * @throws UserError `invalid-input`: discounts exceed what they are subtracted from, or a charge is negative or of no
 *   line
 * @throws PriceChanged `price-changed`: a line no longer has the price that the customer saw
 * @throws CouponRefused `coupon-refused`: the coupon does not apply; its limits are not looked at
 */
export function priceCart(
  cart: OpenCart,
  { lines: cartLines, coupon, automatic }: CartContents,
  order: Pick<UnpricedBasket, 'adjustments' | 'destination'>,
  calculators: PriceCalculators,
): PricedCart {
  if (cartLines.length === 0) throw new UserError('cart-empty', `The cart ${cart.id} is empty.`);
  const changes = priceChanges(cartLines);
  if (changes.length > 0) throw new PriceChanged(changes);
  const { currencyCode, exponent, taxIncluded, at } = cart;
  const lines = cartLines.map((line) => ({ ...line, unitPriceMinor: line.shownMinor }));
  const subtotalMinor = lines.reduce(
    (sum, { quantity, unitPriceMinor }) => sum + BigInt(quantity) * unitPriceMinor,
    0n,
  );
  const met = { currencyCode, subtotalMinor, lines };
  if (coupon !== undefined) requireTerms(coupon, met);
  const applicable = automatic.filter((terms) => refusalByTerms(terms, met) === undefined);
  const promotions = coupon === undefined ? applicable : [...applicable, coupon];
  const price = priceBasket(
    { currencyCode, exponent, taxIncluded, at, lines, promotions, ...order },
    calculators,
  );
  const codes = new Set(price.promotions.map(({ code }) => code));
  return { price, used: promotions.filter(({ code }) => codes.has(code)) };
}
