import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { bytea, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { statement } from '../../runtime/statement.ts';
import { parseInput } from '../../parse-input.ts';
import { bearerToken } from './account-input.ts';
import { hashToken, type IssuedToken, issueToken } from './issue-token.ts';
import { lockCustomer } from './lock-customer.ts';

const bearer = z.strictObject({ token: bearerToken });
const whose = z.strictObject({ customerId: z.uuid() });

const selectSession = statement({
  params: { tokenHash: bytea },
  row: { customerId: uuid, expiresAt: timestamptz },
  sql: `select customer_id as "customerId", expires_at as "expiresAt" from customer_token
    where token_hash = :tokenHash and purpose = 'session' and expires_at > now()`,
});

const deleteSession = statement({
  params: { tokenHash: bytea },
  sql: `delete from customer_token where token_hash = :tokenHash and purpose = 'session'`,
});

const deleteSessionsOf = statement({
  params: { customerId: uuid },
  row: { id: uuid },
  sql: `delete from customer_token where customer_id = :customerId and purpose = 'session' returning id`,
});

/** A session of a customer, for 30 days. The token is for their browser, and cannot be read again. */
export interface Session extends IssuedToken {}

/** Starts a session of a customer whom the caller has locked. */
export function startSession(em: EntityManager, customerId: string): Promise<Session> {
  return issueToken(em, customerId, 'session');
}

/**
 * Finds a session by its token. It reads from the writer, so that a session that was ended is gone at once.
 *
 * @returns undefined: it was ended, has expired, or never existed
 * @throws UserError `invalid-input`
 */
export async function findSession(
  em: EntityManager,
  input: z.infer<typeof bearer>,
): Promise<Omit<Session, 'token'> | undefined> {
  const { token } = parseInput(bearer, input);
  const [session] = await selectSession(em, { tokenHash: hashToken(token) });
  return session;
}

/**
 * Ends a session. Does nothing if there is none.
 *
 * @throws UserError `invalid-input`
 */
export async function logOut(em: EntityManager, input: z.infer<typeof bearer>): Promise<void> {
  const { token } = parseInput(bearer, input);
  await deleteSession(em, { tokenHash: hashToken(token) });
}

/**
 * Ends all sessions of a customer, on every device.
 *
 * @returns how many it ended
 * @throws UserError `invalid-input`, `customer-not-found`
 */
export async function logOutEverywhere(em: EntityManager, input: z.infer<typeof whose>): Promise<number> {
  const { customerId } = parseInput(whose, input);
  return await em.transactional(async (em) => {
    await lockCustomer(em, customerId);
    const ended = await deleteSessionsOf(em, { customerId });
    return ended.length;
  });
}
