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
    | { kind: 'authorize'; paymentMethod: string }
    | { kind: 'capture' | 'refund' | 'void'; paymentReference: string }
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
      /** The provider's id of what it did; an authorization's identifies the payment from then on. */
      reference: string;
    }
  | { status: 'failed'; reason: string }
  | { status: 'pending' }
  | { status: 'requires_action'; action: NextAction };

/**
 * A payment provider, to be implemented for each (Stripe, Adyen...) over its client, which needs timeouts. Any throw means
 * that the outcome is unknown: a refusal is the answer `failed`.
 */
export interface PaymentProvider {
  /** Stored with each payment. */
  readonly name: string;
  /** Does what is requested; the same key again answers with the outcome of the first request. */
  submit(request: ProviderRequest): Promise<ProviderAnswer>;
  /** The outcome of the request with this key. Undefined: the provider never got it. */
  find(idempotencyKey: string): Promise<ProviderAnswer | undefined>;
  /**
   * Ends the authorization with this key while it has no outcome, so that it can never succeed: answers `failed` then,
   * and otherwise as `find` does. `pending`: it cannot be ended now.
   */
  cancel(idempotencyKey: string): Promise<ProviderAnswer | undefined>;
}
