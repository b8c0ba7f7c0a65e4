import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import type {
  PaymentProvider,
  ProviderAnswer,
  ProviderEvent,
  ProviderFeature,
  ProviderRequest,
  ProviderTransaction,
  WebhookDelivery,
} from '../payment/operations/payment-provider.ts';

/**
 * What happens to a request: refused; lost on its way (nothing is done); done, but its answer is lost; done, but answered
 * with `pending`, so that a webhook or the sweep must bring the outcome; left until the buyer acts (`act`).
 */
export type ProviderBehaviour =
  | 'decline'
  | 'lose-request'
  | 'lose-answer'
  | 'answer-later'
  | 'require-action';

interface Account {
  authorizedMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  disputedMinor: bigint;
  isVoided: boolean;
  isExpired: boolean;
}

/** What an {@link InMemoryPaymentProvider} can do. */
export interface InMemoryProviderSettings {
  /** Default all. */
  features?: readonly ProviderFeature[];
  /** How long an authorization lasts; default for ever. */
  authorizationMs?: number;
  /** What happens to each new request for which `behave` has said nothing; default it succeeds. */
  behaviourOf?: (request: ProviderRequest) => ProviderBehaviour | undefined;
}

type Outcome = Extract<ProviderAnswer, { status: 'succeeded' | 'failed' }>;
type Waiting = Extract<ProviderAnswer, { status: 'requires_action' }>;

/**
 * A payment provider for tests that keeps its books in memory, and refuses what a real one refuses: more than was
 * authorized or captured, and a key that was used for another request. Deliver `webhooks` in any order, and repeatedly.
 *
 * @example
 * ```ts
 * const provider = new InMemoryPaymentProvider();
 * provider.behave('lose-answer'); // the next request is done, and its answer lost
 * const pay = authorizePayment(em, provider, { idempotencyKey: 'pay-1', orderId, paymentMethod: 'tok_1' });
 * ```
 */
export class InMemoryPaymentProvider implements PaymentProvider {
  readonly name: string;
  readonly features: readonly ProviderFeature[];
  /** One for each request that was done or refused and for what was done without us, in that order. */
  readonly webhooks: WebhookDelivery[] = [];
  /** The list of what succeeded, and of what was done without us, for `reconcilePayments`. A renewal moves no money. */
  readonly transactions: ProviderTransaction[] = [];
  readonly #requests = new Map<string, { request: ProviderRequest; outcome: Outcome | Waiting }>();
  readonly #accounts = new Map<string, Account>();
  readonly #behaviours: ProviderBehaviour[] = [];
  readonly #secret = randomUUID();
  readonly #authorizationMs: number | undefined;
  readonly #behaviourOf: (request: ProviderRequest) => ProviderBehaviour | undefined;

  constructor(
    name = 'memory',
    {
      features = ['multicapture', 'reauthorize'],
      authorizationMs,
      behaviourOf = () => undefined,
    }: InMemoryProviderSettings = {},
  ) {
    this.name = name;
    this.features = features;
    this.#authorizationMs = authorizationMs;
    this.#behaviourOf = behaviourOf;
  }

  /** Sets what happens to the next requests, one each; those after them succeed. */
  behave(...behaviours: ProviderBehaviour[]): void {
    this.#behaviours.push(...behaviours);
  }

  /** What the provider has authorized, captured and refunded in all, in minor units. */
  totals(): { authorizedMinor: bigint; capturedMinor: bigint; refundedMinor: bigint } {
    const sums = { authorizedMinor: 0n, capturedMinor: 0n, refundedMinor: 0n };
    for (const account of this.#accounts.values()) {
      sums.authorizedMinor += account.authorizedMinor;
      sums.capturedMinor += account.capturedMinor;
      sums.refundedMinor += account.refundedMinor;
    }
    return sums;
  }

  /** Lets all authorizations end, as after some days: captures of them are refused, and a void has nothing to release. */
  expireAuthorizations(): void {
    for (const account of this.#accounts.values()) account.isExpired = true;
  }

  async submit(request: ProviderRequest): Promise<ProviderAnswer> {
    // As over a network: other requests come in between.
    await new Promise((resolve) => setImmediate(resolve));
    const known = this.#requests.get(request.idempotencyKey);
    if (known !== undefined) {
      if (fingerprint(known.request) !== fingerprint(request)) {
        throw new Error(`the key '${request.idempotencyKey}' was used for another request`);
      }
      return known.outcome;
    }
    const behaviour = this.#behaviours.shift() ?? this.#behaviourOf(request);
    if (behaviour === 'lose-request') throw new Error('timeout: the provider cannot be reached');
    if (behaviour === 'require-action') {
      const action = { kind: 'client-secret', clientSecret: `secret-${randomUUID()}` } as const;
      const outcome: Waiting = { status: 'requires_action', action };
      this.#requests.set(request.idempotencyKey, { request, outcome });
      return outcome;
    }
    const outcome = this.#end(request, behaviour === 'decline' ? 'card_declined' : undefined);
    if (behaviour === 'lose-answer') throw new Error('timeout: no answer from the provider');
    return behaviour === 'answer-later' ? { status: 'pending' } : outcome;
  }

  async find(idempotencyKey: string): Promise<ProviderAnswer | undefined> {
    return this.#requests.get(idempotencyKey)?.outcome;
  }

  async cancel(idempotencyKey: string): Promise<ProviderAnswer | undefined> {
    const known = this.#requests.get(idempotencyKey);
    if (known?.outcome.status !== 'requires_action') return known?.outcome;
    return this.#end(known.request, 'cancelled');
  }

  /** The buyer does what was required of them, or fails to; not after `cancel`. */
  act(idempotencyKey: string, failure?: string): void {
    const known = this.#requests.get(idempotencyKey);
    if (known?.outcome.status !== 'requires_action') throw new Error('no action is required');
    this.#end(known.request, failure);
  }

  /** Something is done in the dashboard, or by the buyer's bank: the webhook that tells of it. */
  happens(transaction: ProviderTransaction): WebhookDelivery {
    this.transactions.push(transaction);
    const { kind, amountMinor } = transaction;
    const account = this.#accounts.get(transaction.paymentReference);
    if (account !== undefined) {
      if (kind === 'capture') account.capturedMinor += amountMinor;
      if (kind === 'refund') account.refundedMinor += amountMinor;
      if (kind === 'refund_reversal') account.refundedMinor -= amountMinor;
      if (kind === 'dispute') account.disputedMinor += amountMinor;
      if (kind === 'dispute_reversal') account.disputedMinor -= amountMinor;
      if (kind === 'void') account.isVoided = true;
    }
    const delivery = this.sign({ type: 'transaction', eventId: randomUUID(), transaction });
    this.webhooks.push(delivery);
    return delivery;
  }

  /** The webhook of an event. */
  sign(event: ProviderEvent): WebhookDelivery {
    const body = JSON.stringify(event, (_key, each: unknown) =>
      typeof each === 'bigint' ? each.toString() : each,
    );
    return { body, headers: { 'memory-signature': this.#signatureOf(body) } };
  }

  async parseWebhook({ body, headers }: WebhookDelivery): Promise<ProviderEvent[]> {
    const given = Buffer.from(headers['memory-signature'] ?? '');
    const right = Buffer.from(this.#signatureOf(body));
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new UserError('webhook-signature-mismatch', `The webhook is not one of ${this.name}.`);
    }
    return [
      JSON.parse(body, (name, each: unknown) =>
        name === 'expiresAt' ? new Date(String(each)) : name.endsWith('Minor') ? BigInt(String(each)) : each,
      ),
    ];
  }

  #signatureOf(body: string): string {
    return createHmac('sha256', this.#secret).update(body).digest('hex');
  }

  #end(request: ProviderRequest, failure: string | undefined): Outcome {
    const outcome: Outcome =
      failure === undefined ? this.#apply(request) : { status: 'failed', reason: failure };
    const { idempotencyKey } = request;
    this.#requests.set(idempotencyKey, { request, outcome });
    this.#list(request, outcome);
    this.webhooks.push(this.sign({ type: 'outcome', eventId: randomUUID(), idempotencyKey, outcome }));
    return outcome;
  }

  #list(request: ProviderRequest, outcome: Outcome): void {
    const { kind, amountMinor, currencyCode } = request;
    if (outcome.status === 'failed' || kind === 'reauthorize') return;
    const { reference } = outcome;
    const paymentReference = kind === 'authorize' ? reference : request.paymentReference;
    const transaction = { kind, reference, paymentReference, amountMinor, currencyCode };
    this.transactions.push(transaction);
    if (outcome.capturedMinor === undefined) return;
    this.transactions.push({ ...transaction, kind: 'capture', amountMinor: outcome.capturedMinor });
  }

  #expiry(): { expiresAt?: Date } {
    if (this.#authorizationMs === undefined) return {};
    return { expiresAt: new Date(Date.now() + this.#authorizationMs) };
  }

  #apply(request: ProviderRequest): Outcome {
    const reference = randomUUID();
    const { amountMinor } = request;
    if (request.kind === 'authorize') {
      const capturedMinor = request.capture === 'immediate' ? amountMinor : 0n;
      const nothing = { refundedMinor: 0n, disputedMinor: 0n, isVoided: false, isExpired: false };
      this.#accounts.set(reference, { authorizedMinor: amountMinor, capturedMinor, ...nothing });
      return capturedMinor > 0n
        ? { status: 'succeeded', reference, capturedMinor }
        : { status: 'succeeded', reference, ...this.#expiry() };
    }
    const account = this.#accounts.get(request.paymentReference);
    if (account === undefined || account.isVoided) return { status: 'failed', reason: 'no_such_payment' };
    const { authorizedMinor, capturedMinor, refundedMinor, disputedMinor } = account;
    if (request.kind === 'reauthorize') {
      if (capturedMinor > 0n) return { status: 'failed', reason: 'already_captured' };
      account.isExpired = false;
      this.#accounts.delete(request.paymentReference);
      this.#accounts.set(reference, account);
      return { status: 'succeeded', reference, ...this.#expiry() };
    }
    if (request.kind === 'void') {
      if (capturedMinor > 0n) return { status: 'failed', reason: 'already_captured' };
      account.isVoided = true;
    } else if (request.kind === 'capture') {
      if (account.isExpired) return { status: 'failed', reason: 'authorization_expired' };
      if (capturedMinor + amountMinor > authorizedMinor)
        return { status: 'failed', reason: 'amount_too_large' };
      account.capturedMinor += amountMinor;
      if (request.isFinal || !this.features.includes('multicapture')) account.isExpired = true;
    } else {
      if (refundedMinor + disputedMinor + amountMinor > capturedMinor)
        return { status: 'failed', reason: 'amount_too_large' };
      account.refundedMinor += amountMinor;
    }
    return { status: 'succeeded', reference };
  }
}

function fingerprint(request: ProviderRequest): string {
  return JSON.stringify({ ...request, amountMinor: request.amountMinor.toString() });
}
