import { openShop, taxByRegion } from '@ecommerce-dms/entities';
import { serve } from '@hono/node-server';
import { createApi } from './app.ts';
import { openPayments } from './payments.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
const shop = await openShop({
  url: settings.DATABASE_URL,
  readerUrl: settings.DATABASE_READER_URL,
  payments: [openPayments(settings)],
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
