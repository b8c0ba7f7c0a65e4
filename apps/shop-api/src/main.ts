import { openShop, taxByRegion } from '@ecommerce-dms/entities';
import { StripePayments } from '@ecommerce-dms/entities/stripe';
import { serve } from '@hono/node-server';
import { Stripe } from 'stripe';
import { createApi } from './app.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
const port = settings.STRIPE_FAKE_PORT;
const fake = port === undefined ? {} : { host: '127.0.0.1', port, protocol: 'http' as const };
const stripe = new Stripe(settings.STRIPE_SECRET_KEY, { timeout: 20_000, maxNetworkRetries: 2, ...fake });

const shop = await openShop({
  url: settings.DATABASE_URL,
  readerUrl: settings.DATABASE_READER_URL,
  payments: [new StripePayments(stripe, { webhookSecrets: [settings.STRIPE_WEBHOOK_SECRET] })],
  shipping: ({ lines }) =>
    lines.some(({ requiresShipping }) => requiresShipping) ? [{ code: 'standard', amountMinor: 499n }] : [],
  tax: taxByRegion([
    { code: 'Sales tax 7.25 %', countryCode: 'US', region: 'CA', ratePpm: 72_500, taxesShipping: false },
  ]),
});
const api = createApi(shop, { adminToken: settings.ADMIN_TOKEN });
const server = serve({ fetch: api.fetch, port: settings.PORT, hostname: '127.0.0.1' }, (at) => {
  console.log(`http://127.0.0.1:${at.port}`);
});

// Requests that are under way have their answer; a client repeats one that has none, with its key.
let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isEnding) return;
    isEnding = true;
    server.close(() => void shop.close());
  });
}
