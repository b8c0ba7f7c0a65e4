import { z } from 'zod';
import { amountMinor, email, key, listOf, minutes, name } from '../../bounds.ts';
import { postalAddress } from '../../customer/postal-address.ts';

const adjustment = z.strictObject({
  kind: z.enum(['discount', 'shipping', 'tax']),
  code: name,
  amountMinor,
});

export const checkoutRequest = z.strictObject({
  idempotencyKey: key,
  cartId: z.uuid(),
  email,
  shippingAddress: postalAddress,
  billingAddress: postalAddress.optional(),
  adjustments: listOf(adjustment).default([]),
  holdMinutes: minutes.default(30),
});

/**
 * What {@link checkout} takes. `adjustments` are discounts, shipping fees and taxes that are known before the checkout,
 * in addition to the cart's coupon and to what the calculators return. The stock is held for `holdMinutes` (default 30),
 * or for good once a payment confirms the order. Without a `billingAddress`, it is the shipping address.
 */
export type CheckoutRequest = z.input<typeof checkoutRequest>;

/** A request with its defaults. */
export type ParsedCheckout = z.output<typeof checkoutRequest>;
