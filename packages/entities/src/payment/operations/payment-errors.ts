import { UserError } from '@ecommerce-dms/errors';

/** What limits an amount: what is due for the order, or was charged for its shipping, or authorized or captured of the payment. */
export type AmountLimit = 'due' | 'charged' | 'authorized' | 'captured';

const left: Record<AmountLimit, string> = {
  due: 'left to pay',
  charged: 'charged and not credited',
  authorized: 'authorized and not captured',
  captured: 'captured and not refunded',
};

/** More than is left; requests without an answer count as done. Code `amount-exceeds-due`, `-charged`, `-authorized`, `-captured`. */
export class AmountExceeds extends UserError {
  override readonly name = 'AmountExceeds';
  readonly limit: AmountLimit;
  readonly requestedMinor: bigint;
  readonly availableMinor: bigint;

  constructor(limit: AmountLimit, amounts: { requestedMinor: bigint; availableMinor: bigint }) {
    const { requestedMinor, availableMinor } = amounts;
    super(
      `amount-exceeds-${limit}`,
      `The amount ${requestedMinor} exceeds the ${availableMinor} that are ${left[limit]} and not under way.`,
      { hint: 'Reduce the amount, or wait until what is under way has an outcome.' },
    );
    this.limit = limit;
    this.requestedMinor = requestedMinor;
    this.availableMinor = availableMinor;
  }
}

/** The provider refused. Code `payment-declined`. */
export class PaymentDeclined extends UserError {
  override readonly name = 'PaymentDeclined';
  /** The provider's. */
  readonly reason: string;

  constructor(idempotencyKey: string, reason: string) {
    super('payment-declined', `The provider refused the request '${idempotencyKey}': ${reason}.`, {
      hint: 'Try another payment method, with a new key.',
    });
    this.reason = reason;
  }
}

/** No answer came: the provider may or may not have done it. Code `payment-outcome-unknown`. */
export class PaymentOutcomeUnknown extends UserError {
  override readonly name = 'PaymentOutcomeUnknown';

  constructor(idempotencyKey: string, cause: unknown) {
    super('payment-outcome-unknown', `The provider did not answer the request '${idempotencyKey}'.`, {
      hint: 'Repeat it with the same key: nothing is charged twice. The sweep asks for the outcome as well.',
      cause,
    });
  }
}
