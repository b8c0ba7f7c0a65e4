// A worker whose events are JSON lines: `node test/worker.ts URL OWNER_URL RECEIVER`. Its handler sends to the receiver.
import { runWorker } from '../src/index.ts';

const [url = '', ownerUrl = '', receiver = ''] = process.argv.slice(2);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

const often = 300;
await runWorker({
  url,
  ownerUrl,
  deliver: async ({ id, aggregateId, payload }, { signal }) => {
    const body = JSON.stringify({ id: String(id), aggregateId, number: payload['number'] });
    const response = await fetch(receiver, { method: 'POST', body, signal });
    if (!response.ok) throw new Error(`The receiver answered ${response.status}.`);
  },
  intervals: {
    holds: often,
    carts: often,
    keys: often,
    tokens: often,
    'published-events': often,
    'old-carts': often,
    'audit-log': often,
  },
  relay: { batchSize: 20, deliveryTimeoutMs: 1000, pollIntervalMs: 20 },
  takeoverAfterMs: 2000,
  stopTimeoutMs: 5000,
  port: 0,
  signal: stop.signal,
  onEvent: (event) => {
    const shown = event.type === 'interrupted' ? { ...event, error: String(event.error) } : event;
    process.stdout.write(
      `${JSON.stringify(shown, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}\n`,
    );
  },
});
