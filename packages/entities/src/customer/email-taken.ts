import { UserError } from '@ecommerce-dms/errors';
import { UniqueConstraintViolationException } from '@mikro-orm/postgresql';

/** Whether an error of the database says that this unique index refused a row. */
export function violates(error: unknown, index: string): boolean {
  return (
    error instanceof UniqueConstraintViolationException && 'constraint' in error && error.constraint === index
  );
}

/** Another customer has the address. */
export function emailTaken(cause: unknown): UserError {
  return new UserError('email-taken', 'A customer with this e-mail address exists already.', {
    hint: 'Log in, or ask for a new password.',
    cause,
  });
}
