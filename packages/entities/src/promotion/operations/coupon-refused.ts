import { UserError } from '@ecommerce-dms/errors';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';

const messages = {
  unknown: 'does not exist',
  'not-valid-now': 'is not valid now',
  'other-currency': 'is for carts in another currency',
  'other-customers': 'is for other customers',
  'below-minimum': 'needs a larger subtotal',
  'too-few-units': 'needs more units of what it is for',
  'used-up': 'was used as often as is allowed',
  'used-by-customer': 'was used by this customer as often as is allowed',
};

/** Why a coupon is refused. */
export type CouponRefusal = keyof typeof messages;

/** The coupon does not apply to the cart, for `reason`. Code `coupon-refused`. */
export class CouponRefused extends UserError {
  override readonly name = 'CouponRefused';
  readonly couponCode: string;
  readonly reason: CouponRefusal;

  constructor(couponCode: string, reason: CouponRefusal, cause?: unknown) {
    super('coupon-refused', `The coupon ${couponCode} ${messages[reason]}.`, {
      hint: 'Show the cart without the coupon, and let the customer confirm.',
      cause,
    });
    this.couponCode = couponCode;
    this.reason = reason;
  }
}

/** Why the trigger that counts the uses of a coupon has refused one; undefined for other errors. */
export function couponRefusalOf(error: unknown): CouponRefusal | undefined {
  switch (violatedConstraint(error)) {
    case 'coupon_redemption_usage_limit':
      return 'used-up';
    case 'coupon_redemption_customer_usage_limit':
      return 'used-by-customer';
    default:
      return undefined;
  }
}
