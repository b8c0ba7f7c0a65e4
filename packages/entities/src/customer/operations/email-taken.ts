import { UserError } from '@ecommerce-dms/errors';

export function emailTaken(cause: unknown): UserError {
  return new UserError('email-taken', 'A customer with this e-mail address already exists.', {
    hint: 'Log in, or ask for a new password.',
    cause,
  });
}
