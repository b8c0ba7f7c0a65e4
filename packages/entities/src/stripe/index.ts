export { StripePayments, type StripePaymentsOptions } from './stripe-payments.ts';
