import type { EntityManager } from '@mikro-orm/postgresql';
import { cartNotOpen } from '../../cart/operations/lock-open-cart.ts';
import { readCartAndLockStock } from '../../cart/operations/read-cart.ts';
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

/** An order that was placed, now or by an earlier request with the same key. */
export interface PlacedOrder {
  id: string;
  number: bigint;
  totalMinor: bigint;
}

/**
 * Turns an open cart into a pending order, holds its stock and uses its coupon, in one transaction: all of it or
 * nothing. Take the payment afterwards. One idempotency key makes one order, however often and concurrently it is sent.
 * Every checkout locks the cart, then the stock, then the coupon: checkouts wait for each other, and never deadlock.
 *
 * @param calculators compute the shipping fees and taxes; without them, only `adjustments` are added
 * @throws UserError `cart-not-open`, `cart-empty`, `idempotency-conflict`
 * @throws UserError `invalid-input`: the request, or what a calculator returns, is not valid
 * @throws OutOfStock `out-of-stock`: the stock does not cover a line
 * @throws PriceChanged `price-changed`: a line no longer has the price that the customer saw
 * @throws CouponRefused `coupon-refused`: the coupon does not apply, or has reached a limit
 * @example
 * ```ts
 * const { number, totalMinor } = await checkout(em, {
 *   idempotencyKey, // one for each click on "buy", the same when it is sent again
 *   cartId,
 *   email: 'ann@example.com',
 *   shippingAddress: { fullName: 'Ann', line1: '1 Main St', city: 'Springfield', countryCode: 'US' },
 * });
 * console.log(`Order ${number}: ${totalMinor}`);
 * ```
 */
export async function checkout(
  em: EntityManager,
  request: CheckoutRequest,
  calculators: PriceCalculators = {},
): Promise<PlacedOrder> {
  const input = parseInput(checkoutRequest, request);
  const stored = await em
    .transactional((em) => placeOrder(em, input, calculators))
    .catch((error: unknown) => {
      // The customer was erased after the cart was opened. Erasure closes carts, but one that is opened meanwhile.
      throw violatedConstraint(error) === 'customer_not_erased' ? cartNotOpen(input.cartId) : error;
    });
  return { id: stored.id, number: BigInt(stored.number), totalMinor: BigInt(stored.totalMinor) };
}

async function placeOrder(
  em: EntityManager,
  input: ParsedCheckout,
  calculators: PriceCalculators,
): Promise<StoredOrder> {
  const identity = { scope: 'checkout', key: input.idempotencyKey, request: input };
  const cart = await claimCart(em, identity, input.cartId);
  if (cart === undefined) {
    const first = await firstResponse<StoredOrder>(em, identity);
    if (first === null) throw cartNotOpen(input.cartId);
    return first;
  }
  const { supplies, ...contents } = await readCartAndLockStock(em, cart);
  const priced = priceCart(
    cart,
    contents,
    { adjustments: input.adjustments, destination: input.shippingAddress },
    calculators,
  );
  const { allocations, shortages } = allocateStock(priced.price.lines, supplies);
  if (shortages.length > 0) throw new OutOfStock(shortages);
  return await insertOrder(em, { identity, input, cart, ...priced, allocations });
}
