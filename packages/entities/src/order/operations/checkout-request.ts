import { z } from 'zod';
import { postalAddress } from '../../customer/postal-address.ts';

const adjustment = z.strictObject({
  kind: z.enum(['discount', 'shipping', 'tax']),
  code: z.string().min(1),
  amountMinor: z.bigint().nonnegative(),
});

export const checkoutRequest = z.strictObject({
  idempotencyKey: z.string().min(1).max(200),
  cartId: z.uuid(),
  email: z.string().trim().min(3).max(254),
  shippingAddress: postalAddress,
  billingAddress: postalAddress.optional(),
  adjustments: z.array(adjustment).default([]),
  holdMinutes: z.int().min(1).default(30),
});

/**
 * What {@link checkout} takes. `adjustments` are discounts, shipping fees and taxes that are known before the checkout,
 * in addition to the cart's coupon and to what the calculators return. The stock is held for `holdMinutes` (default 30),
 * or for good once a payment confirms the order. Without a `billingAddress`, it is the shipping address.
 */
export type CheckoutRequest = z.input<typeof checkoutRequest>;

/** A request with its defaults. */
export type ParsedCheckout = z.output<typeof checkoutRequest>;
