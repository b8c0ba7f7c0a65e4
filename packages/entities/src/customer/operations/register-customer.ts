import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { bool, nullable, text, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { violatedConstraint } from '../../runtime/violated-constraint.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';
import { email, line } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { newPassword } from './account-input.ts';
import { Customer } from '../customer.ts';
import { emailTaken } from './email-taken.ts';
import { identity, identityTaken } from './identity.ts';
import { hashPassword } from './password-hash.ts';

const registration = z
  .strictObject({
    email,
    password: newPassword.optional(),
    identity: identity.extend({ emailVerified: z.boolean().default(false) }).optional(),
    firstName: line.optional(),
    lastName: line.optional(),
    acceptsMarketing: z.boolean().optional(),
  })
  .refine(({ password, identity }) => password !== undefined || identity !== undefined, {
    path: ['password'],
    error: 'a password or an identity is needed to log in',
  });

/**
 * What {@link registerCustomer} takes: a password, an identity at another provider that the caller has verified, or
 * both. `emailVerified`: whether the provider has verified the address; default false.
 */
export type Registration = z.input<typeof registration>;

const insertCustomer = statement({
  params: {
    email: text,
    firstName: nullable(text),
    lastName: nullable(text),
    acceptsMarketing: nullable(bool),
    isVerified: bool,
  },
  row: { id: uuid },
  sql: `insert into customer (email, first_name, last_name, accepts_marketing, email_verified_at)
    values (:email, :firstName, :lastName, coalesce(:acceptsMarketing, false), case when :isVerified then now() end)
    returning id`,
});

const insertPassword = statement({
  params: { customerId: uuid, secretHash: text },
  sql: 'insert into customer_credential (customer_id, secret_hash) values (:customerId, :secretHash)',
});

const insertIdentity = statement({
  params: { customerId: uuid, provider: text, subject: text },
  sql: `insert into customer_credential (customer_id, provider, subject)
    values (:customerId, :provider, :subject)`,
});

/**
 * Creates a customer who logs in with a password, or with an identity at another provider.
 *
 * @throws UserError `invalid-input`; `email-taken`: a customer has the address, in any case; `identity-taken`: a
 *   customer has the identity
 * @example
 * ```ts
 * const { id } = await registerCustomer(em, { email: 'ann@example.com', password: 'correct horse' });
 * const { token } = await logIn(em, { email: 'ann@example.com', password: 'correct horse' });
 * ```
 */
export async function registerCustomer(em: EntityManager, input: Registration): Promise<Customer> {
  const { password, identity, ...person } = parseInput(registration, input);
  const secretHash = password === undefined ? undefined : await hashPassword(password);
  try {
    return await withoutRowDetails(() =>
      em.transactional(async (em) => {
        const isVerified = identity?.emailVerified ?? false;
        const { id } = onlyRow(await insertCustomer(em, { ...person, isVerified }));
        if (secretHash !== undefined) await insertPassword(em, { customerId: id, secretHash });
        if (identity !== undefined) {
          const { provider, subject } = identity;
          await insertIdentity(em, { customerId: id, provider, subject });
        }
        return await em.findOneOrFail(Customer, id);
      }),
    );
  } catch (error) {
    if (violatedConstraint(error) === 'customer_email_unique') throw emailTaken(error);
    if (
      identity !== undefined &&
      violatedConstraint(error) === 'customer_credential_provider_subject_unique'
    ) {
      throw identityTaken(identity.provider, error);
    }
    throw error;
  }
}
