import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { bearerToken } from './account-input.ts';
import { type IssuedToken, issueToken, useToken } from './issue-token.ts';
import { lockCustomer } from './lock-customer.ts';

const request = z.strictObject({ customerId: z.uuid() });
const verification = z.strictObject({ token: bearerToken });

const markEmailVerified = statement({
  params: { customerId: uuid },
  sql: 'update customer set email_verified_at = now() where id = :customerId',
});

/**
 * Issues a token that verifies the customer's address, once and within 24 hours. It replaces the one before, and ends
 * when the address changes. Send it to the address.
 *
 * @throws UserError `invalid-input`, `customer-not-found`
 */
export async function requestEmailVerification(
  em: EntityManager,
  input: z.infer<typeof request>,
): Promise<IssuedToken> {
  const { customerId } = parseInput(request, input);
  return await em.transactional(async (em) => {
    await lockCustomer(em, customerId);
    return await issueToken(em, customerId, 'email_verification');
  });
}

/**
 * Marks the address of the token's customer as verified.
 *
 * @throws UserError `invalid-input`; `invalid-token`: it was used before, has expired, or never existed
 */
export async function verifyEmail(
  em: EntityManager,
  input: z.infer<typeof verification>,
): Promise<{ customerId: string }> {
  const { token } = parseInput(verification, input);
  return await em.transactional(async (em) => {
    const customerId = await useToken(em, token, 'email_verification');
    await markEmailVerified(em, { customerId });
    return { customerId };
  });
}
