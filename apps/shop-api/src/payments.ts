import { StripePayments } from '@ecommerce-dms/entities/stripe';
import { Stripe } from 'stripe';
import type { Settings } from './settings.ts';

/** The payment provider, of the server and of the worker. */
export function openPayments(settings: Settings): StripePayments {
  const port = settings.STRIPE_FAKE_PORT;
  const fake = port === undefined ? {} : { host: '127.0.0.1', port, protocol: 'http' as const };
  const stripe = new Stripe(settings.STRIPE_SECRET_KEY, { timeout: 20_000, maxNetworkRetries: 2, ...fake });
  return new StripePayments(stripe, { webhookSecrets: [settings.STRIPE_WEBHOOK_SECRET] });
}
