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

/** The outcome of a request. `pending`: a webhook or the sweep brings it later. */
export type ProviderAnswer =
  | {
      status: 'succeeded';
      /** The provider's id of what it did; an authorization's identifies the payment from then on. */
      reference: string;
    }
  | { status: 'failed'; reason: string }
  | { status: 'pending' };

/**
 * A payment provider, to be implemented for each (Stripe, Adyen...) over its client, which needs timeouts. Any throw means
 * that the outcome is unknown: a refusal is the answer `failed`.
 */
export interface PaymentProvider {
  /** Stored with each payment. */
  readonly name: string;
  /**
   * Does what is requested; the same key again answers with the outcome of the first request. The void of an
   * authorization that has expired succeeds: it holds no money.
   */
  submit(request: ProviderRequest): Promise<ProviderAnswer>;
  /** The outcome of the request with this key. Undefined: the provider never got it. */
  find(idempotencyKey: string): Promise<ProviderAnswer | undefined>;
}
