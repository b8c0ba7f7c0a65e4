import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { providerName } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import type { LockedOrder } from '../../order/operations/lock-order.ts';
import { IllegalTransition } from '../../order/operations/illegal-transition.ts';
import type { EarlierTransaction } from './find-transaction.ts';
import { isPaymentNeeded } from './is-payment-needed.ts';
import { PaymentDeclined, PaymentOutcomeUnknown } from './payment-errors.ts';
import type { PaymentProvider, ProviderAnswer, ProviderRequest } from './payment-provider.ts';
import { parseAnswer } from './provider-answer.ts';
import { type PaymentState, readPaymentState } from './payment-state.ts';
import { settleTransaction } from './settle-transaction.ts';

/** A transaction that is written: what to ask the provider, unless it has its outcome already. */
export interface BegunTransaction {
  order: LockedOrder;
  earlier: EarlierTransaction | undefined;
  request: ProviderRequest;
}

/** The outcome of an old request that the provider does not know. */
export const neverGot = { status: 'failed', reason: 'the provider never got it' } as const;

/** As the table of payments stores it. */
export const namedProvider = z.strictObject({ provider: providerName });

/**
 * Writes a pending transaction and commits it, asks the provider outside of any transaction, and records the answer.
 * Wherever this is interrupted, the same key continues it. After an hour it only looks up what was done: what the provider
 * never got has failed then.
 *
 * @param begin writes the transaction, or finds the one that has the key
 * @throws UserError `transaction-open`; `invalid-input`: the provider has no name that can be stored
 * @throws PaymentDeclined `payment-declined`: the provider refused
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: the provider did not answer
 * @throws UserError `payment-answer-unreadable`: its adapter answered with what cannot be recorded
 * @throws UserError `payment-outcome-conflict`: a webhook has recorded another outcome
 * @throws IllegalTransition `illegal-transition`: the order was cancelled since the first request
 */
export async function submitTransaction(
  em: EntityManager,
  provider: PaymentProvider,
  idempotencyKey: string,
  begin: (em: EntityManager) => Promise<BegunTransaction>,
): Promise<PaymentState> {
  refuseTransaction(em);
  parseInput(namedProvider, { provider: provider.name });
  const begun = await em.transactional(begin);
  if (begun.earlier?.status === 'failed') throw declined(idempotencyKey, begun.earlier.reason);
  if (begun.earlier?.status === 'succeeded') return await readPaymentState(em, idempotencyKey);
  const answer = await ask(provider, begun);
  const state = await em.transactional(async (em) => {
    await settleTransaction(em, { provider: provider.name, idempotencyKey }, answer);
    return await readPaymentState(em, idempotencyKey);
  });
  if (answer.status === 'failed') throw declined(idempotencyKey, answer.reason);
  if (answer.status !== 'requires_action') return state;
  // An order that was cancelled or paid meanwhile is not to be paid any more.
  return (await isPaymentNeeded(em, state.paymentId)) ? { ...state, nextAction: answer.action } : state;
}

/**
 * Refuses a transaction of the caller's.
 *
 * @throws UserError `transaction-open`
 */
export function refuseTransaction(em: EntityManager): void {
  if (!em.isInTransaction()) return;
  throw new UserError('transaction-open', 'A payment operation cannot be part of a transaction.', {
    hint: 'What is sent to the provider is not rolled back: call it after the commit.',
  });
}

async function ask(
  provider: PaymentProvider,
  { order, earlier, request }: BegunTransaction,
): Promise<ProviderAnswer> {
  const { idempotencyKey, kind } = request;
  const takesMoney = kind === 'authorize' || kind === 'capture';
  // A repetition must not take money for an order that was cancelled since: what was done is recorded, no more.
  const isGivenUp = takesMoney && earlier !== undefined && order.status === 'cancelled';
  const isOld = earlier?.isOld === true;
  const answer = await askForOutcome<unknown>(idempotencyKey, async () => {
    const found = isGivenUp || isOld ? await provider.find(idempotencyKey) : undefined;
    if (found !== undefined || isGivenUp) return found;
    // As the sweep has it: what moves money is not sent by a key that may have been forgotten. A void does no harm.
    return isOld && kind !== 'void' ? neverGot : await provider.submit(request);
  });
  if (isGivenUp && answer === undefined) {
    throw new IllegalTransition('sales_order', order.id, { from: 'cancelled', to: 'paid' });
  }
  return parseAnswer(idempotencyKey, answer);
}

/**
 * What the provider answers.
 *
 * @throws PaymentOutcomeUnknown `payment-outcome-unknown`: it threw
 */
export async function askForOutcome<Answer>(
  idempotencyKey: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw new PaymentOutcomeUnknown(idempotencyKey, error);
  }
}

export function declined(idempotencyKey: string, reason: string | null): PaymentDeclined {
  return new PaymentDeclined(idempotencyKey, reason ?? 'no reason given');
}
