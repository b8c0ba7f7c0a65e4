import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { text, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { email } from '../../bounds.ts';
import { bearerToken, newPassword } from './account-input.ts';
import { type IssuedToken, issueToken, useToken } from './issue-token.ts';
import { hashPassword } from './password-hash.ts';
import { replacePassword } from './replace-password.ts';

const request = z.strictObject({ email });
const reset = z.strictObject({ token: bearerToken, newPassword });

const lockCustomerByEmail = statement({
  params: { email: text },
  row: { id: uuid },
  sql: 'select id from customer where lower(email) = lower(:email) for no key update',
});

// Somebody who registered with the address of another person may have linked an identity of their own.
const verifyEmailAndUnlink = statement({
  params: { customerId: uuid },
  sql: `with verified as (
      update customer set email_verified_at = now() where id = :customerId and email_verified_at is null returning id)
    delete from customer_credential where customer_id in (select id from verified) and provider <> 'password'`,
});

/**
 * Issues a token with which its bearer can set another password, once and within one hour; it replaces the one
 * before. Send it to the address. Give the visitor the same answer in any case, and send the e-mail afterwards.
 *
 * @returns undefined: no customer has the address
 * @throws UserError `invalid-input`
 */
export async function requestPasswordReset(
  em: EntityManager,
  input: z.infer<typeof request>,
): Promise<IssuedToken | undefined> {
  const { email } = parseInput(request, input);
  return await em.transactional(async (em) => {
    const [customer] = await lockCustomerByEmail(em, { email });
    return customer && (await issueToken(em, customer.id, 'password_reset'));
  });
}

/**
 * Sets another password, or the first one of a customer without, ends all their sessions, and unlocks the password.
 * Who has the token can read the address: if it was unverified, it is now verified, and identities at other
 * providers, which somebody else may have linked, are unlinked. It does not log in.
 *
 * @throws UserError `invalid-input`; `invalid-token`: it was used before, has expired, or never existed
 */
export async function resetPassword(
  em: EntityManager,
  input: z.infer<typeof reset>,
): Promise<{ customerId: string }> {
  const { token, newPassword } = parseInput(reset, input);
  const secretHash = await hashPassword(newPassword);
  return await em.transactional(async (em) => {
    const customerId = await useToken(em, token, 'password_reset');
    await replacePassword(em, customerId, secretHash, 'customer.reset_password');
    await verifyEmailAndUnlink(em, { customerId });
    return { customerId };
  });
}
