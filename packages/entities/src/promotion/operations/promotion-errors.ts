import { UserError } from '@ecommerce-dms/errors';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';

const refusals: Record<string, (cause: unknown) => UserError> = {
  promotion_currency_code_foreign: (cause) =>
    new UserError('currency-not-found', 'There is no such currency.', { cause }),
  promotion_target_product_id_foreign: (cause) =>
    new UserError('product-not-found', 'A product of the promotion does not exist.', { cause }),
  promotion_target_variant_id_foreign: (cause) =>
    new UserError('variant-not-found', 'A variant of the promotion does not exist.', { cause }),
  promotion_target_category_id_foreign: (cause) =>
    new UserError('category-not-found', 'A category of the promotion does not exist.', { cause }),
  coupon_code_unique: (cause) =>
    new UserError('coupon-exists', 'There is a coupon, or an automatic promotion, with this code.', {
      cause,
    }),
  promotion_discount_check: (cause) =>
    new UserError('invalid-input', 'A promotion has either a rate or an amount.', { cause }),
  promotion_currency_check: (cause) =>
    new UserError('invalid-input', 'An amount or a minimum subtotal needs a currency.', { cause }),
  promotion_buy_get_check: (cause) =>
    new UserError('invalid-input', 'What is bought and got has a rate.', { cause }),
};

/** Runs a change of promotions; what the database refuses of it is a UserError. */
export async function namingPromotionRefusals<Result>(change: () => Promise<Result>): Promise<Result> {
  try {
    return await withoutRowDetails(change);
  } catch (error) {
    throw refusals[String(violatedConstraint(error))]?.(error) ?? error;
  }
}

export function promotionNotFound(promotionId: string): UserError {
  return new UserError('promotion-not-found', `There is no promotion ${promotionId}.`);
}
