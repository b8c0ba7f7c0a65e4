import { runWorker } from '@ecommerce-dms/entities';
import type { DrillShop } from '../drill-shop.ts';
import type { DrillProvider } from './drill-provider.ts';

/** Two workers, as two servers would run them: one leads, and publishes, sweeps and cleans up. */
export class Workers {
  /** Ids of the orders whose `order.placed` was published. */
  readonly published = new Set<string>();
  /** What is set aside is lost until somebody looks. */
  readonly setAside: string[] = [];
  terms = 0;

  async run({ url, ownerUrl }: DrillShop, provider: DrillProvider, signal: AbortSignal): Promise<void> {
    const worker = () =>
      runWorker({
        url,
        ownerUrl,
        payments: [provider],
        deliver: async ({ topic, aggregateId }) => {
          if (topic === 'order.placed') this.published.add(aggregateId);
        },
        // The leases of a relay that was killed end after twice this and a second.
        relay: { pollIntervalMs: 50, deliveryTimeoutMs: 1000 },
        intervals: { holds: 1000, payments: 2000, carts: 2000, keys: 2000, tokens: 2000 },
        stopTimeoutMs: 5000,
        signal,
        onEvent: (event) => {
          if (event.type === 'leading') this.terms += 1;
          if (event.type === 'set-aside')
            this.setAside.push(`${event.event.topic}: ${event.event.lastError}`);
        },
      });
    await Promise.all([worker(), worker()]);
  }
}
