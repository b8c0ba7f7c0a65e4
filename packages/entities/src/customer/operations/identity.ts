import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { nullable, text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { maxLength, textUpTo } from '../../bounds.ts';
import { parseInput } from '../../parse-input.ts';
import { lockCustomer } from './lock-customer.ts';
import { type Session, startSession } from './session.ts';

const provider = textUpTo(maxLength.line)
  .regex(/^[a-z][a-z0-9_-]*$/, 'not a name of lower-case letters, digits, - and _')
  .refine((name) => name !== 'password', 'not another provider');
const subject = textUpTo(255).min(1);
/** An identity at another provider. */
export const identity = z.strictObject({ provider, subject });
const link = z.strictObject({ customerId: z.uuid(), provider, subject });
const unlink = z.strictObject({ customerId: z.uuid(), provider });

/**
 * What {@link linkIdentity} takes. The caller has verified the identity; `subject` is the `sub` of OpenID Connect.
 */
export type IdentityLink = z.infer<typeof link>;

const insertIdentity = statement({
  params: { customerId: uuid, provider: text, subject: text },
  row: { id: uuid },
  sql: `insert into customer_credential (customer_id, provider, subject) values (:customerId, :provider, :subject)
    on conflict do nothing returning id`,
});

const findIdentity = statement({
  params: { customerId: uuid, provider: text },
  row: { subject: nullable(text) },
  sql: 'select subject from customer_credential where customer_id = :customerId and provider = :provider',
});

const listProviders = statement({
  params: { customerId: uuid },
  row: { provider: text },
  sql: 'select provider from customer_credential where customer_id = :customerId',
});

const deleteIdentity = statement({
  params: { customerId: uuid, provider: text },
  sql: 'delete from customer_credential where customer_id = :customerId and provider = :provider',
});

const lockCustomerByIdentity = statement({
  params: { provider: text, subject: text },
  row: { id: uuid },
  sql: `select c.id from customer c join customer_credential k on k.customer_id = c.id
    where k.provider = :provider and k.subject = :subject for no key update of c, k`,
});

/**
 * Links an identity at another provider to a customer, who can then log in with it. The same link again changes
 * nothing.
 *
 * @throws UserError `invalid-input`, `customer-not-found`; `identity-taken`: another customer has it;
 *   `provider-linked`: the customer has another identity there
 */
export async function linkIdentity(em: EntityManager, input: IdentityLink): Promise<void> {
  const { customerId, provider, subject } = parseInput(link, input);
  await em.transactional(async (em) => {
    await lockCustomer(em, customerId);
    const inserted = await insertIdentity(em, { customerId, provider, subject });
    if (inserted.length > 0) return;
    const [own] = await findIdentity(em, { customerId, provider });
    if (own === undefined) throw identityTaken(provider);
    if (own.subject !== subject) {
      throw new UserError('provider-linked', `The customer has another identity at ${provider}.`, {
        hint: 'Unlink it first.',
      });
    }
  });
}

/**
 * Unlinks an identity. Does nothing if it is not linked.
 *
 * @throws UserError `invalid-input`, `customer-not-found`; `last-credential`: the customer could no longer log in
 */
export async function unlinkIdentity(em: EntityManager, input: z.infer<typeof unlink>): Promise<void> {
  const { customerId, provider } = parseInput(unlink, input);
  await em.transactional(async (em) => {
    await lockCustomer(em, customerId);
    const credentials = await listProviders(em, { customerId });
    if (!credentials.some((each) => each.provider === provider)) return;
    if (credentials.length === 1) {
      throw new UserError('last-credential', `Without ${provider} the customer could not log in.`, {
        hint: 'Set a password first: requestPasswordReset.',
      });
    }
    await deleteIdentity(em, { customerId, provider });
  });
}

/**
 * Starts a session of the customer with this identity, which the caller has verified. Works also while the password
 * is locked.
 *
 * @throws UserError `invalid-input`; `identity-not-found`: no customer has it
 */
export async function logInWithIdentity(
  em: EntityManager,
  input: z.infer<typeof identity>,
): Promise<Session> {
  const { provider, subject } = parseInput(identity, input);
  return await em.transactional(async (em) => {
    const [customer] = await lockCustomerByIdentity(em, { provider, subject });
    if (customer === undefined) {
      throw new UserError('identity-not-found', `No customer logs in with this identity at ${provider}.`, {
        hint: 'Register with it, or log in with a password and link it.',
      });
    }
    return await startSession(em, customer.id);
  });
}

export function identityTaken(provider: string, cause?: unknown): UserError {
  return new UserError('identity-taken', `Another customer logs in with this identity at ${provider}.`, {
    hint: 'Log in as that customer.',
    cause,
  });
}
