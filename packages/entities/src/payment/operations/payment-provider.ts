/** What is common to all requests to a provider. */
interface RequestBase {
  /** Of the `payment_transaction`: the provider must do one request a key, and answer its repetitions alike. */
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

/** What became of a request. `pending`: a webhook or the sweep will tell. */
export type ProviderAnswer =
  | {
      status: 'succeeded';
      /** The provider's name of what it did; that of an authorization names the payment from then on. */
      reference: string;
    }
  | { status: 'failed'; reason: string }
  | { status: 'pending' };

/**
 * A payment provider, implemented once for each (Stripe, Adyen...). Its client has timeouts of its own. Any throw means
 * that the outcome is not known: a refusal is the answer `failed`.
 */
export interface PaymentProvider {
  /** Stored with each payment. */
  readonly name: string;
  /** Does what is requested; the same key again answers with what became of the first request. */
  submit(request: ProviderRequest): Promise<ProviderAnswer>;
  /** What became of the request with this key. Undefined: the provider never got it. */
  find(idempotencyKey: string): Promise<ProviderAnswer | undefined>;
}
