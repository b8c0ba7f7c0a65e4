import { UserError } from '@ecommerce-dms/errors';

/** Another customer has the address. */
export function emailTaken(cause: unknown): UserError {
  return new UserError('email-taken', 'A customer with this e-mail address exists already.', {
    hint: 'Log in, or ask for a new password.',
    cause,
  });
}
