// What runs beside the server: sweeps, housekeeping and the outbox. Several may run; one leads.
import { runWorker } from '@ecommerce-dms/entities';
import { openPayments } from './payments.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());

await runWorker({
  url: settings.DATABASE_URL,
  payments: [openPayments(settings)],
  // Your queue, mails, ERP; `id` tells a repetition.
  deliver: async ({ id, topic, payload }) => console.log(id, topic, JSON.stringify(payload)),
  signal: ending.signal,
  onEvent: (event) => {
    if (event.type === 'leading' || event.type === 'interrupted') console.log(event.type);
  },
});
