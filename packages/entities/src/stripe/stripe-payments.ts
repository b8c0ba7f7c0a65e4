import { hash } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import type { Stripe } from 'stripe';
import type {
  PaymentProvider,
  ProviderAnswer,
  ProviderEvent,
  ProviderFeature,
  ProviderRequest,
  WebhookDelivery,
} from '../payment/operations/payment-provider.ts';
import type { PayoutTransaction } from '../payment/operations/read-payout-file.ts';
import { toStripeAmount } from './stripe-amount.ts';
import {
  idOf,
  intentAnswer,
  isMissing,
  keyName,
  refundAnswer,
  refusalOf,
  withCharge,
} from './stripe-answers.ts';
import { readStripeEvent } from './stripe-events.ts';
import { listPayoutTransactions } from './stripe-transactions.ts';

/** The settings of {@link StripePayments}. */
export interface StripePaymentsOptions {
  /** Of the webhook's endpoint (`whsec_...`); the old one, too, while it is rolled. */
  webhookSecrets: readonly string[];
  /** Stored with each payment; default `stripe`. */
  name?: string;
  /** Whether Stripe lets the account capture a payment several times (IC+ pricing); default false. */
  multicapture?: boolean;
  /** Where the buyer comes back to. Without it, methods that redirect are not offered. */
  returnUrl?: string;
  /** How old, and how far in the future, a webhook's time may be; default 300 s. */
  webhookToleranceSeconds?: number;
}

/** Of Stripe's search language. */
const or = 'OR';

const kinds = ['authorize', 'capture', 'refund', 'void'] as const;
type MarkedKind = (typeof kinds)[number];

/** Where the metadata of an intent has the mark of its last capture. */
const lastCapture = 'dms_last_capture';

type Change = Extract<ProviderRequest, { paymentReference: string }>;

/**
 * Payments by Stripe, over its SDK: the package `stripe`, 23. A payment is a payment intent. Its metadata has the keys of
 * what was asked of it, by which `find` looks up what has lost its answer; of one intent at most 40. Stripe keeps a key
 * for 24 hours: a request is looked up instead once it is older than an hour. It renews no authorization.
 *
 * References are those of balance transactions, as in a payout file, but for authorizations and voids: those are ids of
 * payment intents. Let the endpoint receive `payment_intent.*`, `charge.*` and `refund.*`.
 *
 * @example
 * ```ts
 * import { StripePayments } from '@ecommerce-dms/entities/stripe';
 * import { Stripe } from 'stripe';
 *
 * const payments = new StripePayments(new Stripe('sk_test_123', { timeout: 20_000, maxNetworkRetries: 2 }), {
 *   webhookSecrets: ['whsec_123'],
 * });
 * ```
 */
export class StripePayments implements PaymentProvider {
  readonly name: string;
  readonly features: readonly ProviderFeature[];
  readonly #stripe: Stripe;
  readonly #options: StripePaymentsOptions;

  /**
   * @param stripe the SDK's client, with a timeout and retries
   * @throws UserError `invalid-settings`: there is no webhook secret, or an empty one
   */
  constructor(stripe: Stripe, options: StripePaymentsOptions) {
    const { name = 'stripe', webhookSecrets } = options;
    if (webhookSecrets.length === 0 || webhookSecrets.some((secret) => secret.trim() === '')) {
      throw new UserError('invalid-settings', 'webhookSecrets has no secret, or an empty one.', {
        hint: 'Take it from the webhook endpoint in the dashboard: it begins with whsec_.',
      });
    }
    this.name = name;
    this.features = options.multicapture === true ? ['multicapture'] : [];
    this.#stripe = stripe;
    this.#options = options;
  }

  async submit(request: ProviderRequest): Promise<ProviderAnswer> {
    const { amountMinor, currencyCode } = request;
    const amount = toStripeAmount(amountMinor, currencyCode);
    if (amount === undefined) return { status: 'failed', reason: `no such amount of ${currencyCode}` };
    try {
      switch (request.kind) {
        case 'authorize':
          return await this.#authorize(request, amount);
        case 'capture':
          return await this.#capture(request, amount);
        case 'refund':
          return await this.#refund(request, amount);
        case 'void':
          return await this.#void(request);
        default:
          return { status: 'failed', reason: `Stripe has no ${request.kind}` };
      }
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === undefined) throw error;
      return { status: 'failed', reason };
    }
  }

  async find(idempotencyKey: string): Promise<ProviderAnswer | undefined> {
    const intent = await this.#search(idempotencyKey);
    if (intent === undefined) return undefined;
    switch (intent.metadata[markOf(idempotencyKey)]) {
      case 'authorize':
        return intentAnswer(intent);
      case 'capture':
        if (intent.amount_received === 0) return undefined;
        // Of an earlier one of several, only the repetition of the request can tell.
        return intent.metadata[lastCapture] === markOf(idempotencyKey)
          ? captured(intent)
          : { status: 'pending' };
      case 'void':
        return intent.status === 'canceled' ? { status: 'succeeded', reference: intent.id } : undefined;
      default: {
        const refunds = this.#stripe.refunds.list({ payment_intent: intent.id, limit: 100 });
        for await (const refund of refunds) {
          if (refund.metadata?.[keyName] === idempotencyKey) return refundAnswer(refund);
        }
        return undefined;
      }
    }
  }

  async cancel(idempotencyKey: string): Promise<ProviderAnswer | undefined> {
    const intent = await this.#search(idempotencyKey);
    if (intent === undefined) return undefined;
    if (intent.status === 'succeeded' || intent.status === 'requires_capture') return intentAnswer(intent);
    if (intent.status === 'canceled') return intentAnswer(intent);
    try {
      return intentAnswer(await this.#stripe.paymentIntents.cancel(intent.id));
    } catch (error) {
      if (refusalOf(error) === undefined) throw error;
      // The buyer was faster, or a bank has it.
      const now = intentAnswer(await this.#stripe.paymentIntents.retrieve(intent.id, withCharge));
      return now.status === 'succeeded' ? now : { status: 'pending' };
    }
  }

  async parseWebhook(delivery: WebhookDelivery): Promise<ProviderEvent[]> {
    const event = this.#verified(delivery);
    try {
      return await readStripeEvent(this.#stripe, event);
    } catch (error) {
      // Of another account, such as one that is connected. Sent again, it would fail again.
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** What moved money in a time, for `reconcilePayments`. */
  async listTransactions(period: { from: Date; to: Date }): Promise<PayoutTransaction[]> {
    return await listPayoutTransactions(this.#stripe, period);
  }

  async #authorize(
    { idempotencyKey, currencyCode, paymentMethod, capture }: Extract<ProviderRequest, { kind: 'authorize' }>,
    amount: number,
  ): Promise<ProviderAnswer> {
    const { multicapture = false, returnUrl } = this.#options;
    const intent = await this.#stripe.paymentIntents.create(
      {
        amount,
        currency: currencyCode.toLowerCase(),
        payment_method: paymentMethod,
        confirm: true,
        capture_method: capture === 'immediate' ? 'automatic' : 'manual',
        automatic_payment_methods: {
          enabled: true,
          allow_redirects: returnUrl === undefined ? 'never' : 'always',
        },
        ...(returnUrl === undefined ? {} : { return_url: returnUrl }),
        ...(multicapture && capture !== 'immediate'
          ? { payment_method_options: { card: { request_multicapture: 'if_available' } } }
          : {}),
        metadata: { [keyName]: idempotencyKey, [markOf(idempotencyKey)]: 'authorize' },
        ...withCharge,
      },
      { idempotencyKey },
    );
    // A repetition is answered as the first one was, whatever has happened since.
    const isRepetition = intent.lastResponse.headers['idempotent-replayed'] === 'true';
    return intentAnswer(
      isRepetition ? await this.#stripe.paymentIntents.retrieve(intent.id, withCharge) : intent,
    );
  }

  async #capture(
    { idempotencyKey, paymentReference, isFinal }: Extract<Change, { kind: 'capture' }>,
    amount: number,
  ): Promise<ProviderAnswer> {
    const isPart =
      this.#options.multicapture === true &&
      isFinal !== true &&
      // Of a card that takes no second capture, the whole amount can be captured.
      amount < (await this.#stripe.paymentIntents.retrieve(paymentReference)).amount;
    const mark = markOf(idempotencyKey);
    const intent = await this.#stripe.paymentIntents.capture(
      paymentReference,
      {
        amount_to_capture: amount,
        ...(isPart ? { final_capture: false } : {}),
        metadata: { [mark]: 'capture', [lastCapture]: mark },
        ...withCharge,
      },
      { idempotencyKey },
    );
    return captured(intent);
  }

  async #refund({ idempotencyKey, paymentReference }: Change, amount: number): Promise<ProviderAnswer> {
    await this.#mark(paymentReference, idempotencyKey, 'refund');
    const refund = await this.#stripe.refunds.create(
      { payment_intent: paymentReference, amount, metadata: { [keyName]: idempotencyKey } },
      { idempotencyKey },
    );
    const isRepetition = refund.lastResponse.headers['idempotent-replayed'] === 'true';
    return refundAnswer(isRepetition ? await this.#stripe.refunds.retrieve(refund.id) : refund);
  }

  async #void({ idempotencyKey, paymentReference }: Change): Promise<ProviderAnswer> {
    await this.#mark(paymentReference, idempotencyKey, 'void');
    try {
      const { id } = await this.#stripe.paymentIntents.cancel(paymentReference, {}, { idempotencyKey });
      return { status: 'succeeded', reference: id };
    } catch (error) {
      if (refusalOf(error) === undefined) throw error;
      // An authorization that has expired is canceled already.
      const { status, id } = await this.#stripe.paymentIntents.retrieve(paymentReference);
      if (status !== 'canceled') throw error;
      return { status: 'succeeded', reference: id };
    }
  }

  /** So that `find` finds the intent of a request whose object has no search, or that has none of its own. */
  async #mark(intentId: string, idempotencyKey: string, kind: MarkedKind): Promise<void> {
    await this.#stripe.paymentIntents.update(intentId, { metadata: { [markOf(idempotencyKey)]: kind } });
  }

  async #search(idempotencyKey: string): Promise<Stripe.PaymentIntent | undefined> {
    const mark = markOf(idempotencyKey);
    const clauses = kinds.map((kind) => `metadata["${mark}"]:"${kind}"`);
    const { data } = await this.#stripe.paymentIntents.search({ query: clauses.join(` ${or} `), limit: 1 });
    const [found] = data;
    // The index is behind the intent.
    return found && (await this.#stripe.paymentIntents.retrieve(found.id, withCharge));
  }

  #verified({ body, headers }: WebhookDelivery): Stripe.Event {
    const signature = headers['stripe-signature'] ?? '';
    const { webhookSecrets, webhookToleranceSeconds: tolerance = 300 } = this.#options;
    // The SDK accepts any time in the future.
    const sentAt = Number(/(?:^|,)t=(\d+)/.exec(signature)?.[1]);
    const isFromFuture = !(sentAt <= Date.now() / 1000 + tolerance);
    let cause: unknown;
    for (const secret of isFromFuture ? [] : webhookSecrets) {
      try {
        return this.#stripe.webhooks.constructEvent(body, signature, secret, tolerance);
      } catch (error) {
        cause = error;
      }
    }
    throw new UserError('webhook-signature-mismatch', `The webhook is not one of ${this.name}.`, { cause });
  }
}

/** The name that the metadata of an intent has for a key: at most 40 characters. */
function markOf(idempotencyKey: string): string {
  return `dms_${hash('sha256', idempotencyKey).slice(0, 32)}`;
}

function captured(intent: Stripe.PaymentIntent): ProviderAnswer {
  const charge = intent.latest_charge;
  const reference = typeof charge === 'string' ? undefined : idOf(charge?.balance_transaction);
  // Until it has one, a webhook tells of it.
  return reference === undefined ? { status: 'pending' } : { status: 'succeeded', reference };
}
