import { setTimeout as delay } from 'node:timers/promises';
import type {
  PaymentProvider,
  ProviderAnswer,
  ProviderKind,
  ProviderRequest,
  ProviderTransaction,
  WebhookDelivery,
} from '@ecommerce-dms/entities';
import { InMemoryPaymentProvider, type ProviderBehaviour } from '@ecommerce-dms/entities/testing';
import type { Random } from '../random.ts';

const dayMs = 86_400_000;

const behaviours: readonly (readonly [number, ProviderBehaviour | undefined])[] = [
  [80, undefined],
  [4, 'decline'],
  [5, 'lose-request'],
  [5, 'lose-answer'],
  [6, 'answer-later'],
];

/** A provider as it should not be: it loses requests and answers, answers late, refuses, and asks for 3-D Secure. */
export class DrillProvider extends InMemoryPaymentProvider implements PaymentProvider {
  readonly #random: Random;
  readonly #hardship: { isOver: boolean };
  /** Keys of authorizations whose buyer has to act. */
  readonly waiting = new Set<string>();
  /** References of authorizations that were renewed: the payment has another one since. */
  readonly renewed = new Set<string>();

  /** What was done in the dashboard, by the reference of the payment. */
  readonly interference = new Map<string, Set<ProviderKind>>();

  constructor(random: Random) {
    const hardship = { isOver: false };
    super('drill', {
      authorizationMs: 7 * dayMs,
      behaviourOf: ({ kind, idempotencyKey }) => {
        if (hardship.isOver) return undefined;
        if (kind !== 'authorize' || !random.chance(15)) return random.weighted(behaviours);
        this.waiting.add(idempotencyKey);
        return 'require-action';
      },
    });
    this.#random = random;
    this.#hardship = hardship;
  }

  /** From now on it does what it is asked, at once. */
  calm(): void {
    this.#hardship.isOver = true;
  }

  override async submit(request: ProviderRequest): Promise<ProviderAnswer> {
    if (!this.#hardship.isOver) await delay(this.#random.chance(5) ? 300 : this.#random.below(20));
    try {
      return await super.submit(request);
    } finally {
      // Its answer may have been lost.
      const outcome = request.kind === 'reauthorize' ? await this.find(request.idempotencyKey) : undefined;
      if (request.kind === 'reauthorize' && outcome?.status === 'succeeded')
        this.renewed.add(request.paymentReference);
    }
  }

  /** The buyer passes 3-D Secure, or fails to; nothing where the sweep has cancelled it. */
  override act(idempotencyKey: string, failure?: string): void {
    if (!this.waiting.delete(idempotencyKey)) return;
    super.act(idempotencyKey, failure);
  }

  override async cancel(idempotencyKey: string): Promise<ProviderAnswer | undefined> {
    this.waiting.delete(idempotencyKey);
    return await super.cancel(idempotencyKey);
  }

  override happens(transaction: ProviderTransaction): WebhookDelivery {
    const { paymentReference, kind } = transaction;
    const kinds = this.interference.get(paymentReference) ?? new Set();
    this.interference.set(paymentReference, kinds.add(kind));
    return super.happens(transaction);
  }

  /** What was done with a payment: the sum of each kind, in minor units. */
  sumsOf(paymentReference: string): Record<ProviderKind, bigint> {
    const sums = {
      authorize: 0n,
      capture: 0n,
      refund: 0n,
      void: 0n,
      dispute: 0n,
      dispute_reversal: 0n,
      refund_reversal: 0n,
    };
    for (const each of this.transactions) {
      if (each.paymentReference === paymentReference) sums[each.kind] += each.amountMinor;
    }
    return sums;
  }

  /** The transactions of a kind that somebody may look at in the dashboard. */
  recent(kind: ProviderKind): ProviderTransaction[] {
    return this.transactions.slice(-300).filter((each) => each.kind === kind);
  }
}
