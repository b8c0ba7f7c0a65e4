import type { ErrorCode, UserError } from '@ecommerce-dms/errors';

/** The HTTP status of each code; of those that are not here 400. */
const statuses = {
  402: ['payment-declined'],
  403: ['permission-denied'],
  404: [
    'product-not-found',
    'price-list-not-found',
    'currency-not-found',
    'customer-not-found',
    'order-not-found',
    'payment-not-found',
    'return-not-found',
  ],
  // The client shows the new state, and asks again.
  409: [
    'cart-not-open',
    'coupon-refused',
    'idempotency-conflict',
    'illegal-transition',
    'order-not-covered',
    'order-not-open',
    'out-of-stock',
    'payment-outcome-conflict',
    'price-changed',
    'quote-changed',
    'total-changed',
    'variant-not-for-sale',
    'amount-exceeds-authorized',
    'amount-exceeds-captured',
    'amount-exceeds-due',
    'amount-exceeds-charged',
    'nothing-to-refund',
    'nothing-to-ship',
    'order-not-charged',
    'quantity-exceeded',
  ],
  // A defect of the server, or of its settings.
  500: [
    'invalid-settings',
    'payment-answer-unreadable',
    'payment-feature-unsupported',
    'payment-provider-mismatch',
    'tax-class-without-rate',
    'transaction-open',
  ],
  // The client repeats it with the same key.
  503: ['database-busy', 'database-unavailable', 'outcome-unknown', 'payment-outcome-unknown'],
} as const satisfies Record<number, readonly ErrorCode[]>;

export type ErrorStatus = keyof typeof statuses | 400;

const statusOfCode = new Map<string, ErrorStatus>(
  Object.entries(statuses).flatMap(([status, codes]) =>
    codes.map((code) => [code, Number(status) as ErrorStatus] as const),
  ),
);

export function errorStatus({ code }: UserError): ErrorStatus {
  return statusOfCode.get(code) ?? 400;
}
