import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { once } from '../../runtime/once.ts';
import { key, providerReason, reference } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { settleTransaction } from './settle-transaction.ts';

const webhook = z.strictObject({
  eventId: key,
  provider: key,
  idempotencyKey: key,
  outcome: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('succeeded'), reference }),
    z.strictObject({ status: z.literal('failed'), reason: providerReason }),
  ]),
});

/**
 * What a provider reports about a request. `eventId` is the provider's; `idempotencyKey` is the request's, which
 * providers repeat in their metadata. Verify the signature first.
 */
export type PaymentWebhook = z.input<typeof webhook>;

/**
 * Records the outcome that a webhook reports, once for each event, in whatever order they come: before the answer to the
 * request, after it, or after an event of a later request. Answer the provider with 2xx when this resolves; otherwise it
 * sends the event again.
 *
 * @throws UserError `invalid-input`
 * @throws UserError `transaction-not-found`: the provider's request was not begun here
 * @throws UserError `payment-outcome-conflict`: another outcome is recorded
 * @throws UserError `idempotency-conflict`: the event came before, with another content
 */
export async function handleWebhook(em: EntityManager, event: PaymentWebhook): Promise<void> {
  const input = parseInput(webhook, event);
  const { eventId, provider, idempotencyKey, outcome } = input;
  await em.transactional((em) =>
    once(em, { scope: `payment-webhook:${provider}`, key: eventId, request: input }, async () => {
      await settleTransaction(em, { provider, idempotencyKey }, outcome);
      return {};
    }),
  );
}
