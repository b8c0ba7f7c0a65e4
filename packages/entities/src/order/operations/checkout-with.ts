import { UserError } from '@ecommerce-dms/errors';
import { type CartQuote, quoteCart, type QuoteRequest } from '../../cart/operations/quote-cart.ts';
import type { PriceCalculators } from '../../pricing/basket.ts';
import type { Operation } from '../../runtime/with-retry.ts';
import { checkout, type PlacedOrder } from './checkout.ts';
import type { CheckoutRequest } from './checkout-request.ts';

/** The operations whose prices have the fees and taxes of a shop. */
export interface CheckoutOperations {
  /**
   * What a checkout of the cart would charge now, with its coupon. Nothing is locked or held.
   *
   * @throws UserError `cart-not-open`, `cart-empty`
   * @throws UserError `invalid-input`: the request, or what a calculator returns, is not valid
   * @throws PriceChanged `price-changed`: a line no longer has the price that the customer saw
   * @throws CouponRefused `coupon-refused`: the coupon does not apply; its limits are counted at the checkout
   */
  quoteCart: Operation<QuoteRequest, CartQuote>;
  /**
   * Turns an open cart into a pending order, holds its stock and uses its coupon, in one transaction: all of it or
   * nothing. It charges the total that the buyer saw, or is refused. Take the payment afterwards. One idempotency key
   * makes one order, however often and concurrently it is sent. Every checkout locks the cart, then the stock, then the
   * coupon: checkouts wait for each other, and never deadlock.
   *
   * @throws UserError `cart-not-open`, `cart-empty`, `idempotency-conflict`
   * @throws UserError `invalid-input`: the request, or what a calculator returns, is not valid
   * @throws TotalChanged `total-changed`: the total is not `expectedTotalMinor`; `quote` has what it is now
   * @throws QuoteChanged `quote-changed`: the total is the same, but the cart is not that of `expectedQuote`
   * @throws OutOfStock `out-of-stock`: the stock does not cover a line
   * @throws PriceChanged `price-changed`: a line no longer has the price that the customer saw
   * @throws CouponRefused `coupon-refused`: the coupon does not apply, or has reached a limit
   */
  checkout: Operation<CheckoutRequest, PlacedOrder>;
}

/**
 * The quote and the checkout of a shop. Both compute fees and taxes with these calculators, and take nothing but an
 * EntityManager and an input, so that `withRetry` and `onReader` cannot drop one.
 *
 * @param calculators both are required; `noCharges` where there is nothing to charge
 * @throws UserError `invalid-settings`: a calculator is missing, or is not a function
 * @example
 * ```ts
 * const { quoteCart, checkout } = checkoutWith({
 *   shipping: () => [{ code: 'standard', amountMinor: 499n }],
 *   tax: taxByRegion([{ code: 'VAT', countryCode: 'DE', ratePpm: 190_000, taxesShipping: true }]),
 * });
 * const shippingAddress = { fullName: 'Ann', line1: 'Hauptstr. 1', city: 'Berlin', countryCode: 'DE' };
 * const { totalMinor } = await quoteCart(em, { cartId, destination: { countryCode: 'DE' } });
 * const order = await withRetry(em, checkout, {
 *   idempotencyKey, // one for each click on "buy", the same when it is sent again
 *   cartId,
 *   email: 'ann@example.com',
 *   shippingAddress,
 *   expectedTotalMinor: totalMinor, // what the buyer saw
 * });
 * console.log(`Order ${order.number}: ${order.totalMinor}`);
 * ```
 */
export function checkoutWith({ shipping, tax }: PriceCalculators): CheckoutOperations {
  const calculators = { shipping, tax };
  const missing = Object.entries(calculators).filter(([, calculator]) => typeof calculator !== 'function');
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(' and ');
    throw new UserError('invalid-settings', `checkoutWith has no calculator of ${names}.`, {
      hint: 'Pass a function, or noCharges where there is nothing to charge.',
    });
  }
  return {
    quoteCart: (em, input) => quoteCart(em, input, calculators),
    checkout: (em, request) => checkout(em, request, calculators),
  };
}
