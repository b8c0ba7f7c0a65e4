import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { PriceCalculators } from '../../pricing/basket.ts';
import { breakDownTaxes, type TaxBreakdownRow } from '../../pricing/break-down-taxes.ts';
import type { PricedBasket } from '../../pricing/price-basket.ts';
import { destination } from '../../customer/postal-address.ts';
import { adjustments } from './adjustments-input.ts';
import { type CheckoutLine, priceCart, type PricedCart } from './price-cart.ts';
import { parseInput } from '../../parse-input.ts';
import { toJson } from '../../runtime/sql-type.ts';
import { findOpenCart, type OpenCart } from './lock-open-cart.ts';
import { readCart } from './read-cart.ts';

const quoteRequest = z.strictObject({ cartId: z.uuid(), destination, adjustments });

/** What `quoteCart` takes: `adjustments` (default none) are those that the checkout will have. */
export type QuoteRequest = z.input<typeof quoteRequest>;

/** The price of a cart, with its lines and adjustments. */
export interface CartQuote extends PricedBasket<CheckoutLine> {
  /** The cart's; each line has the list of its own price, which may be `base`. */
  priceList: string;
  /** Its taxes by code and rate. */
  taxBreakdown: TaxBreakdownRow[];
  /** Of all that the quote says: a checkout with it as `expectedQuote` orders this, or nothing. */
  fingerprint: string;
}

/** The `quoteCart` of `checkoutWith`, which says what it does. */
export async function quoteCart(
  em: EntityManager,
  input: QuoteRequest,
  calculators: PriceCalculators,
): Promise<CartQuote> {
  const { cartId, ...order } = parseInput(quoteRequest, input);
  const cart = await findOpenCart(em, cartId);
  const contents = await readCart(em, cart);
  return quoteOf(cart, priceCart(cart, contents, order, calculators));
}

/** What is shown of a cart's price. */
export function quoteOf(cart: OpenCart, { price }: PricedCart): CartQuote {
  const taxes = price.adjustments.filter(({ kind }) => kind === 'tax');
  const shown = { ...price, priceList: cart.priceList, taxBreakdown: breakDownTaxes(taxes) };
  return { ...shown, fingerprint: createHash('sha256').update(toJson(shown)).digest('base64url') };
}
