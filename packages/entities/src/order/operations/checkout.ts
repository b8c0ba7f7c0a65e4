import type { EntityManager } from '@mikro-orm/postgresql';
import { cartNotOpen } from '../../cart/operations/lock-open-cart.ts';
import { readCartAndLockStock, readCartAndStock } from '../../cart/operations/read-cart.ts';
import { firstResponse } from '../../runtime/once.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { parseInput } from '../../parse-input.ts';
import { OutOfStock } from '../../inventory/operations/out-of-stock.ts';
import { allocateStock } from '../../inventory/operations/allocate-stock.ts';
import type { PriceCalculators } from '../../pricing/basket.ts';
import { type CheckoutRequest, checkoutRequest, type ParsedCheckout } from './checkout-request.ts';
import { claimCart } from './claim-cart.ts';
import { insertOrder, type StoredOrder } from './insert-order.ts';
import { priceCart } from '../../cart/operations/price-cart.ts';
import { quoteOf } from '../../cart/operations/quote-cart.ts';
import { QuoteChanged, TotalChanged } from './total-changed.ts';

/** An order that was placed, now or by an earlier request with the same key. */
export interface PlacedOrder {
  id: string;
  number: bigint;
  totalMinor: bigint;
}

/** The `checkout` of `checkoutWith`, which says what it does. */
export async function checkout(
  em: EntityManager,
  request: CheckoutRequest,
  calculators: PriceCalculators,
): Promise<PlacedOrder> {
  const input = parseInput(checkoutRequest, request);
  const stored = await em
    .transactional((em) => placeOrder(em, input, calculators, readCartAndStock))
    .catch(async (error: unknown) => {
      if (!isStockTaken(error)) throw error;
      return await em.transactional((em) => placeOrder(em, input, calculators, readCartAndLockStock));
    })
    .catch((error: unknown) => {
      // The customer was erased after the cart was opened. Erasure closes carts, but one that is opened meanwhile.
      throw violatedConstraint(error) === 'customer_not_erased' ? cartNotOpen(input.cartId) : error;
    });
  return { id: stored.id, number: BigInt(stored.number), totalMinor: BigInt(stored.totalMinor) };
}

/** Whether another transaction has taken stock, or its level, since it was read without a lock. */
function isStockTaken(error: unknown): boolean {
  const constraint = violatedConstraint(error);
  return (
    constraint === 'stock_level_reserved_check' ||
    constraint === 'stock_reservation_variant_id_location_id_foreign'
  );
}

/** @param readStocked with a lock of the stock it can't be taken by another before it is reserved */
async function placeOrder(
  em: EntityManager,
  input: ParsedCheckout,
  calculators: PriceCalculators,
  readStocked: typeof readCartAndStock,
): Promise<StoredOrder> {
  const identity = { scope: 'checkout', key: input.idempotencyKey, request: input };
  const cart = await claimCart(em, identity, input.cartId);
  if (cart === undefined) {
    const first = await firstResponse<StoredOrder>(em, identity);
    if (first === null) throw cartNotOpen(input.cartId);
    return first;
  }
  const { supplies, ...contents } = await readStocked(em, cart);
  const { adjustments, expectedTotalMinor, expectedQuote } = input;
  // No more of the address than a quote has: what the calculators see must be the same.
  const { countryCode, region, postalCode } = input.shippingAddress;
  const destination = { countryCode, region, postalCode };
  const priced = priceCart(cart, contents, { adjustments, destination }, calculators);
  if (priced.price.totalMinor !== expectedTotalMinor) {
    throw new TotalChanged(expectedTotalMinor, quoteOf(cart, priced));
  }
  if (expectedQuote !== undefined) {
    const quote = quoteOf(cart, priced);
    if (quote.fingerprint !== expectedQuote) throw new QuoteChanged(quote);
  }
  const { allocations, shortages } = allocateStock(priced.price.lines, supplies);
  if (shortages.length > 0) throw new OutOfStock(shortages);
  return await insertOrder(em, { identity, input, cart, ...priced, allocations });
}
