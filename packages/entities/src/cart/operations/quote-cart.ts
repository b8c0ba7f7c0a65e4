import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { PriceCalculators } from '../../pricing/basket.ts';
import type { PricedBasket } from '../../pricing/price-basket.ts';
import { type CheckoutLine, priceCart } from './price-cart.ts';
import { countryCode, line } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { findOpenCart } from './lock-open-cart.ts';
import { readCart } from './read-cart.ts';

const quoteRequest = z.strictObject({
  cartId: z.uuid(),
  destination: z.strictObject({
    countryCode,
    region: line.optional(),
    postalCode: line.optional(),
  }),
});

/** What {@link quoteCart} takes. */
export type QuoteRequest = z.infer<typeof quoteRequest>;

/** The price of a cart, with its lines and adjustments. */
export interface CartQuote extends PricedBasket<CheckoutLine> {
  /** The cart's; each line has the list of its own price, which may be `base`. */
  priceList: string;
}

/**
 * What a checkout of the cart would charge now, with its coupon. Nothing is locked or held.
 *
 * @throws UserError `cart-not-open`, `cart-empty`
 * @throws UserError `invalid-input`: the request, or what a calculator returns, is not valid
 * @throws PriceChanged `price-changed`: a line no longer has the price that the customer saw
 * @throws CouponRefused `coupon-refused`: the coupon does not apply; its limits are counted at the checkout
 */
export async function quoteCart(
  em: EntityManager,
  input: QuoteRequest,
  calculators: PriceCalculators = {},
): Promise<CartQuote> {
  const { cartId, destination } = parseInput(quoteRequest, input);
  const cart = await findOpenCart(em, cartId);
  const contents = await readCart(em, cart);
  const { price } = priceCart(cart, contents, { adjustments: [], destination }, calculators);
  return { ...price, priceList: cart.priceList };
}
