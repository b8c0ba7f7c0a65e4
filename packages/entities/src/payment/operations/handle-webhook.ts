import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { once } from '../../runtime/once.ts';
import { parseInput } from '../../parse-input.ts';
import { settleTransaction } from './settle-transaction.ts';

const webhook = z.strictObject({
  eventId: z.string().min(1),
  provider: z.string().min(1),
  idempotencyKey: z.string().min(1),
  outcome: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('succeeded'), reference: z.string().min(1) }),
    z.strictObject({ status: z.literal('failed'), reason: z.string() }),
  ]),
});

/**
 * What a provider tells of a request. `eventId` is the provider's; `idempotencyKey` is that of the request, which a
 * provider repeats in its metadata. Verify the signature before.
 */
export type PaymentWebhook = z.input<typeof webhook>;

/**
 * Records what a webhook tells, once an event, in whatever order events come: before the answer of the request, after
 * it, or after an event of a later request. Answer the provider 2xx when this resolves; it sends again otherwise.
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
