import { UserError } from '@ecommerce-dms/errors';

export function currencyNotFound(currencyCode: string): UserError {
  return new UserError('currency-not-found', `The shop has no currency ${currencyCode}.`);
}
