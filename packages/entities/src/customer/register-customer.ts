import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { withoutRowDetails } from '../operations/without-row-details.ts';
import { parseInput } from '../parse-input.ts';
import { emailAddress, newPassword } from './account-input.ts';
import { Customer, CustomerCredential } from './customer.ts';
import { emailTaken, violates } from './email-taken.ts';
import { hashPassword } from './password-hash.ts';

const registration = z.strictObject({
  email: emailAddress,
  password: newPassword,
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
    return await withoutRowDetails(() =>
      em.transactional(async (em) => {
        const customer = em.create(Customer, person);
        em.create(CustomerCredential, { customer, secretHash });
        await em.flush();
        return customer;
      }),
    );
  } catch (error) {
    if (violates(error, 'customer_email_unique')) throw emailTaken(error);
    throw error;
  }
}
