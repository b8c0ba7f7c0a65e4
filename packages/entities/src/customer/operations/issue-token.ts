import { createHash, randomBytes } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';

/** What a token is for, and how long it is valid. */
const lifetimeHours = { session: 30 * 24, password_reset: 1, email_verification: 24 };

/** What a token is for. */
export type TokenPurpose = keyof typeof lifetimeHours;

/** A token for its bearer: nobody can get it again, since the database has its hash only. */
export interface IssuedToken {
  customerId: string;
  /** 32 random bytes in base64url. */
  token: string;
  expiresAt: Date;
}

/**
 * Makes a token of a customer whom the caller has locked. The latest one-time token of a purpose replaces the one
 * before; the customer's expired tokens are removed.
 */
export async function issueToken(
  em: EntityManager,
  customerId: string,
  purpose: TokenPurpose,
): Promise<IssuedToken> {
  const token = randomBytes(32).toString('base64url');
  const [row] = await withoutRowDetails(() =>
    em.execute<{ expires: string }[]>(
      `with outdated as (
         delete from customer_token
         where customer_id = ? and (expires_at <= now() or (purpose = ? and purpose <> 'session')))
       insert into customer_token (customer_id, purpose, token_hash, expires_at)
       values (?, ?, ?, now() + make_interval(hours => ?)) returning expires_at as expires`,
      [customerId, purpose, customerId, purpose, hashToken(token), lifetimeHours[purpose]],
    ),
  );
  return { customerId, token, expiresAt: new Date(String(row?.expires)) };
}

/**
 * Uses a one-time token up, and locks its customer for the rest of the transaction. Of several uses at the same time
 * one succeeds; where its transaction fails, the token stays.
 *
 * @returns the customer's id
 * @throws UserError `token-not-valid`
 */
export async function useToken(
  em: EntityManager,
  token: string,
  purpose: Exclude<TokenPurpose, 'session'>,
): Promise<string> {
  const hash = hashToken(token);
  await em.execute(
    `select c.id from customer_token t join customer c on c.id = t.customer_id
     where t.token_hash = ? for no key update of c`,
    [hash],
  );
  const [used] = await em.execute<{ customer_id: string }[]>(
    'delete from customer_token where token_hash = ? and purpose = ? and expires_at > now() returning customer_id',
    [hash, purpose],
  );
  if (used === undefined) {
    throw new UserError('token-not-valid', 'The token was used, has expired, or never was.', {
      hint: 'Ask for a new one.',
    });
  }
  return used.customer_id;
}

/** What the database has of a token. Random bytes need no salt, and no slow hash. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(Buffer.from(token, 'base64url')).digest();
}
