import {
  type PaymentDifference,
  reconcilePayments,
  returnMoney,
  type SweepReport,
  sweepPendingTransactions,
} from '@ecommerce-dms/entities';
import { isUserError } from '@ecommerce-dms/errors';
import type { Buyer } from '../buyer.ts';
import type { DrillProvider } from './drill-provider.ts';
import type { Market } from './market.ts';
import type { WebhookTraffic } from './webhook-traffic.ts';

/** What is left when all that can be settled is settled. */
export interface Settlement {
  /** Webhooks that the shop does not take. */
  untakenWebhooks: number;
  /** Outcomes that the sweep could not record. */
  sweepErrors: string[];
  /** Money that could not be returned, but where the provider refused. */
  returnErrors: string[];
  /** Between the books and the provider's list. */
  differences: PaymentDifference[];
  interference: DrillProvider['interference'];
}

/** Nothing is on its way any more: a transaction that the provider does not know never came there. */
const atOnce = { minAgeMs: 0, abandonAgeMs: 0, authorizationMaxAgeMs: 0, limit: 1000 };

/** The provider is itself again: what is open is asked for, told, and returned; then the books are compared. */
export async function settle(buyer: Buyer, market: Market, webhooks: WebhookTraffic): Promise<Settlement> {
  const { provider } = market;
  const idempotent = { idempotent: true };
  const sweep = (): Promise<SweepReport> =>
    buyer.run(market.at(sweepPendingTransactions), atOnce, idempotent);
  provider.calm();
  let untakenWebhooks = 0;
  const sweepErrors = new Map<string, string>();
  const returnErrors = new Map<string, string>();
  // One lets another follow: an outcome a void, a void a webhook.
  for (let round = 0; round < 3; round++) {
    sweepErrors.clear();
    for (const { idempotencyKey, error } of (await sweep()).errors)
      sweepErrors.set(idempotencyKey, String(error));
    untakenWebhooks = await webhooks.drain();
    returnErrors.clear();
    for (const orderId of await owing(buyer)) {
      await buyer.run(market.at(returnMoney), { orderId }, idempotent).catch((error: unknown) => {
        const isRefused = isUserError(error) && error.code === 'payment-declined';
        if (!isRefused) returnErrors.set(orderId, String(error));
      });
    }
  }
  const differences = await buyer.run(
    reconcilePayments,
    {
      provider: provider.name,
      transactions: provider.transactions,
      kinds: ['authorize', 'capture', 'refund', 'void', 'dispute', 'dispute_reversal', 'refund_reversal'],
      period: { from: new Date('2000-01-01'), to: new Date('2200-01-01') },
    },
    idempotent,
  );
  const texts = (errors: Map<string, string>) => [...errors].map(([of, error]) => `${of}: ${error}`);
  return {
    untakenWebhooks,
    sweepErrors: texts(sweepErrors),
    returnErrors: texts(returnErrors),
    differences,
    interference: provider.interference,
  };
}

async function owing(buyer: Buyer): Promise<string[]> {
  const rows: { id: string }[] = await buyer.run(
    (em) =>
      em.execute(
        `select id from sales_order where status = 'cancelled' union select order_id from credit_note`,
      ),
    undefined,
    { idempotent: true },
  );
  return rows.map(({ id }) => id);
}
