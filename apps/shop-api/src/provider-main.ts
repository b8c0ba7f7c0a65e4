// A Stripe on loopback, in a process of its own: its books outlive a server that is killed.
import { startFakeStripe } from '@ecommerce-dms/entities/testing';

const port = Number(process.env['STRIPE_FAKE_PORT'] ?? 12_111);
const shopPort = Number(process.env['PORT'] ?? 8080);
const fake = await startFakeStripe({
  port,
  webhookSecret: process.env['STRIPE_WEBHOOK_SECRET'] ?? 'whsec_example',
  webhookUrl: `http://127.0.0.1:${shopPort}/webhooks/stripe`,
});
console.log(`A fake of Stripe at http://127.0.0.1:${port}; its webhooks go to port ${shopPort}.`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void fake.close());
