import { z } from 'zod';
import { adjustments } from '../../cart/operations/adjustments-input.ts';
import { amountMinor, email, key, metadata, minutes, secret } from '../../bounds.ts';
import { postalAddress } from '../../customer/postal-address.ts';

export const checkoutRequest = z.strictObject({
  idempotencyKey: key,
  cartId: z.uuid(),
  email,
  shippingAddress: postalAddress,
  billingAddress: postalAddress.optional(),
  adjustments,
  expectedTotalMinor: amountMinor,
  expectedQuote: secret.optional(),
  holdMinutes: minutes.default(30),
  metadata: metadata.default({}),
});

/**
 * What a checkout takes. `expectedTotalMinor` is the total that the buyer saw and agreed to, such as that of the last
 * quote, in minor units of the cart's currency: nothing else is charged. `expectedQuote` is its `fingerprint`: then nothing
 * else is ordered either, such as other goods for the same total. `adjustments` are discounts, shipping fees and
 * taxes that are known before the checkout, in addition to the cart's coupon and to what the calculators return. The
 * stock is held for `holdMinutes` (default 30), or for good once a payment confirms the order. Without a
 * `billingAddress`, it is the shipping address. `metadata` (default none) is the order's, for purposes of the shop's own.
 */
export type CheckoutRequest = z.input<typeof checkoutRequest>;

/** A request with its defaults. */
export type ParsedCheckout = z.output<typeof checkoutRequest>;
