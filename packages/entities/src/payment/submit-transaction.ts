import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { EarlierTransaction } from './find-transaction.ts';
import { PaymentDeclined, PaymentOutcomeUnknown } from './payment-errors.ts';
import type { PaymentProvider, ProviderAnswer, ProviderRequest } from './payment-provider.ts';
import { type PaymentState, readPaymentState } from './payment-state.ts';
import { settleTransaction } from './settle-transaction.ts';

/** A transaction that is written: what to ask the provider, unless it has its outcome already. */
export interface BegunTransaction {
  earlier: EarlierTransaction | undefined;
  request: ProviderRequest;
}

/**
 * Writes a pending transaction and commits it, asks the provider outside of any transaction, and records the answer.
 * Whatever is interrupted, the key finds it again.
 *
 * @param begin writes the transaction, or finds the one that has the key
 * @throws PaymentDeclined, PaymentOutcomeUnknown, UserError `in-transaction`
 */
export async function submitTransaction(
  em: EntityManager,
  provider: PaymentProvider,
  idempotencyKey: string,
  begin: (em: EntityManager) => Promise<BegunTransaction>,
): Promise<PaymentState> {
  if (em.isInTransaction()) {
    throw new UserError('in-transaction', 'A payment operation can not be part of a transaction.', {
      hint: 'What is sent to the provider is not rolled back: call it after the commit.',
    });
  }
  const begun = await em.transactional(begin);
  if (begun.earlier?.status === 'failed') throw declined(idempotencyKey, begun.earlier.reason);
  if (begun.earlier?.status === 'succeeded') return await readPaymentState(em, idempotencyKey);
  let answer: ProviderAnswer;
  try {
    answer = await provider.submit(begun.request);
  } catch (error) {
    throw new PaymentOutcomeUnknown(idempotencyKey, error);
  }
  const state = await em.transactional(async (em) => {
    await settleTransaction(em, { provider: provider.name, idempotencyKey }, answer);
    return await readPaymentState(em, idempotencyKey);
  });
  if (answer.status === 'failed') throw declined(idempotencyKey, answer.reason);
  return state;
}

function declined(idempotencyKey: string, reason: string | null): PaymentDeclined {
  return new PaymentDeclined(idempotencyKey, reason ?? 'no reason given');
}
