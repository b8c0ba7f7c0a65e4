import { UserError } from '@ecommerce-dms/errors';

/** What bounds an amount: what is due of the order, authorized or captured of the payment. */
export type AmountLimit = 'due' | 'authorized' | 'captured';

/** More than is left, requests that wait for an answer counted. Code `amount-exceeds-due`, `-authorized`, `-captured`. */
export class AmountExceeds extends UserError {
  override readonly name = 'AmountExceeds';
  readonly limit: AmountLimit;
  readonly requestedMinor: bigint;
  readonly availableMinor: bigint;

  constructor(limit: AmountLimit, amounts: { requestedMinor: bigint; availableMinor: bigint }) {
    super(
      `amount-exceeds-${limit}`,
      `${amounts.requestedMinor} exceeds what is ${limit} and neither done nor under way: ${amounts.availableMinor}.`,
      { hint: 'Reduce the amount, or wait until what is under way has an outcome.' },
    );
    this.limit = limit;
    this.requestedMinor = amounts.requestedMinor;
    this.availableMinor = amounts.availableMinor;
  }
}

/** The provider refused. Code `payment-declined`. */
export class PaymentDeclined extends UserError {
  override readonly name = 'PaymentDeclined';
  /** The provider's. */
  readonly reason: string;

  constructor(idempotencyKey: string, reason: string) {
    super('payment-declined', `The provider refused '${idempotencyKey}': ${reason}.`, {
      hint: 'Try another payment method, with a new key.',
    });
    this.reason = reason;
  }
}

/** No answer came: the provider may have done it or not. Code `payment-outcome-unknown`. */
export class PaymentOutcomeUnknown extends UserError {
  override readonly name = 'PaymentOutcomeUnknown';

  constructor(idempotencyKey: string, cause: unknown) {
    super('payment-outcome-unknown', `The provider did not answer '${idempotencyKey}'.`, {
      hint: 'Repeat it with the same key: nothing is charged twice. The sweep asks for the outcome, too.',
      cause,
    });
  }
}
