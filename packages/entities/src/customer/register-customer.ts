import { UserError } from '@ecommerce-dms/errors';
import { type EntityManager, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../parse-input.ts';
import { Customer, CustomerCredential } from './customer.ts';
import { hashPassword } from './password-hash.ts';

const registration = z.strictObject({
  email: z
    .string()
    .trim()
    .max(254)
    .regex(/^[^@\s]+@[^@\s]+$/, 'not an e-mail address'),
  // An upper limit, since hashing takes time with the length; NIST SP 800-63B asks for at least 64.
  password: z.string().min(8).max(256),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  acceptsMarketing: z.boolean().optional(),
});

/** What {@link registerCustomer} takes. */
export type Registration = z.infer<typeof registration>;

/**
 * Creates a customer who logs in with a password.
 *
 * @throws UserError `bad-input`; `email-taken` when a customer has the address, in whatever case
 */
export async function registerCustomer(em: EntityManager, input: Registration): Promise<Customer> {
  const { password, ...person } = parseInput(registration, input);
  const secretHash = await hashPassword(password);
  try {
    return await em.transactional(async (em) => {
      const customer = em.create(Customer, person);
      em.create(CustomerCredential, { customer, secretHash });
      await em.flush();
      return customer;
    });
  } catch (error) {
    if (
      error instanceof UniqueConstraintViolationException &&
      'constraint' in error &&
      error.constraint === 'customer_email_unique'
    ) {
      throw new UserError('email-taken', 'A customer with this e-mail address exists already.', {
        hint: 'Log in, or ask for a new password.',
        cause: error,
      });
    }
    throw error;
  }
}
