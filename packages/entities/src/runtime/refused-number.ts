import { UserError } from '@ecommerce-dms/errors';

/**
 * The error of a statement, for its caller: where a number is larger than its column (SQLSTATE 22003), a UserError
 * `number-too-large`. Each number of an input is within its bounds, so it is a sum or a product.
 */
export function refusedNumber(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === '22003')) return error;
  return new UserError('number-too-large', 'A sum would be larger than the database holds.', {
    hint: 'Use smaller quantities or amounts.',
    cause: error,
  });
}
