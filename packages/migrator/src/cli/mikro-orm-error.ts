import { isUserError, UserError } from '@ecommerce-dms/errors';

/**
 * MikroORM's refusals are plain errors: here they are a user's mistake, with its sentence.
 *
 * @throws UserError `invalid-settings`
 */
export async function asUserError<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (isUserError(error) || !(error instanceof Error) || error.constructor !== Error) throw error;
    throw new UserError('invalid-settings', error.message, { cause: error });
  }
}
