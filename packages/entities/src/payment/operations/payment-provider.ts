/** What all requests to a provider have. */
interface RequestBase {
  /** The transaction's: the provider must do one request for each key, and answer repetitions alike. */
  idempotencyKey: string;
  /** Minor units of the currency. */
  amountMinor: bigint;
  /** ISO 4217. */
  currencyCode: string;
}

/** What a provider is asked to do. */
export type ProviderRequest = RequestBase &
  (
    | {
        kind: 'authorize';
        paymentMethod: string;
        /** Undefined: the money is reserved, and captured by a request of its own. */
        capture?: 'immediate' | undefined;
      }
    | {
        kind: 'capture';
        paymentReference: string;
        /** What it leaves of the authorization is not needed any more. */
        isFinal?: boolean | undefined;
      }
    | { kind: 'refund' | 'void' | 'reauthorize'; paymentReference: string }
  );

/**
 * What the buyer does before an authorization has an outcome, such as 3-D Secure: go to `url`, or let the provider's
 * client confirm with `clientSecret`. It is handed on, and neither stored nor logged.
 */
export type NextAction = { kind: 'redirect'; url: string } | { kind: 'client-secret'; clientSecret: string };

/**
 * The outcome of a request. `pending`: a webhook or the sweep brings it later; `requires_action`: the same, once the
 * buyer has acted.
 */
export type ProviderAnswer =
  | {
      status: 'succeeded';
      /** The provider's id of what it did; that of an authorization, or of its renewal, identifies the payment from then on. */
      reference: string;
      /** What it did, in minor units, where that is another amount than was asked. */
      amountMinor?: bigint | undefined;
      /** Of an authorization: what this very request has captured at once, in minor units. Default nothing. */
      capturedMinor?: bigint | undefined;
      /** The provider's id of that capture, as its webhooks and lists have it; default `reference`. */
      captureReference?: string | undefined;
      /** Of an authorization or its renewal: when it ends, and what was not captured is free. Default: not known. */
      expiresAt?: Date | undefined;
    }
  | { status: 'failed'; reason: string }
  | { status: 'pending' }
  | { status: 'requires_action'; action: NextAction };

/**
 * What is done at a provider. A dispute takes captured money back (a chargeback), and its reversal returns it; a refund's
 * reversal returns what could not be paid out.
 */
export const providerKinds = [
  'authorize',
  'capture',
  'refund',
  'void',
  'dispute',
  'dispute_reversal',
  'refund_reversal',
] as const;

/** See `providerKinds`. */
export type ProviderKind = (typeof providerKinds)[number];

/** A transaction in a provider's books that was not requested here, such as a refund in its dashboard. */
export interface ProviderTransaction {
  kind: ProviderKind;
  /** The provider's id of it, of a refund's reversal that of the refund: of one kind, each is booked once. */
  reference: string;
  /** The provider's id of the payment: the reference of its authorization. */
  paymentReference: string;
  /** The idempotency key of that authorization, in case this event comes before its answer is recorded. */
  paymentKey?: string | undefined;
  /** Minor units. 0: all of it for a void, and for any other kind nothing that would be booked. */
  amountMinor: bigint;
  /** ISO 4217. */
  currencyCode: string;
}

/** What a provider reports: the outcome of a request, by its key, or a transaction that was not requested here. */
export type ProviderEvent =
  | {
      type: 'outcome';
      eventId: string;
      idempotencyKey: string;
      outcome: Extract<ProviderAnswer, { status: 'succeeded' | 'failed' }>;
    }
  | { type: 'transaction'; eventId: string; transaction: ProviderTransaction };

/**
 * What not every provider can do: capture an authorization in several parts; renew one before it ends (`reauthorize`).
 */
export type ProviderFeature = 'multicapture' | 'reauthorize';

/** A webhook as it was received. */
export interface WebhookDelivery {
  /** The bytes as text, before any JSON parser: the signature is of them. */
  body: string;
  /** With names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
}

/**
 * A payment provider, to be implemented for each (Stripe, Adyen...) over its client, which needs timeouts. Any throw means
 * that the outcome is unknown: a refusal is the answer `failed`.
 */
export interface PaymentProvider {
  /** Stored with each payment. */
  readonly name: string;
  /** Default none: each capture frees the rest of its authorization. */
  readonly features?: readonly ProviderFeature[];
  /**
   * Does what is requested; the same key again answers with the outcome of the first request. The void of an
   * authorization that has expired succeeds: it holds no money.
   */
  submit(request: ProviderRequest): Promise<ProviderAnswer>;
  /** The outcome of the request with this key. Undefined: the provider never got it. */
  find(idempotencyKey: string): Promise<ProviderAnswer | undefined>;
  /**
   * Ends the authorization with this key while it has no outcome, so that it can never succeed: answers `failed` then,
   * and otherwise as `find` does. `pending`: it cannot be ended now.
   */
  cancel(idempotencyKey: string): Promise<ProviderAnswer | undefined>;
  /**
   * Checks the signature of a webhook, then reads what it reports; nothing where it is of no concern to payments.
   *
   * @throws UserError `webhook-signature-mismatch`
   */
  parseWebhook(delivery: WebhookDelivery): Promise<ProviderEvent[]>;
}
