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
 * What a customer orders. `adjustments` are discounts, shipping fees and taxes that are known before the checkout,
 * beside what its calculators compute and the cart's coupon; the stock is held for `holdMinutes` (30 unless told) until the payment confirms the order.
 */
export type CheckoutRequest = z.input<typeof checkoutRequest>;

/** A request with its defaults. */
export type ParsedCheckout = z.output<typeof checkoutRequest>;
