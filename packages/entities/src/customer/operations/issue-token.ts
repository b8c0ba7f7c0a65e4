import { createHash, randomBytes } from 'node:crypto';
import { UserError } from '@ecommerce-dms/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { bytea, int4, text, timestamptz, uuid } from '../../runtime/sql-type.ts';
import { onlyRow, statement } from '../../runtime/statement.ts';
import { withoutRowDetails } from '../../runtime/without-row-details.ts';

/** How long tokens of each purpose are valid. */
const lifetimeHours = { session: 30 * 24, password_reset: 1, email_verification: 24 };

/** What a token is for. */
export type TokenPurpose = keyof typeof lifetimeHours;

/** A token for its bearer. It cannot be read again: the database stores only its hash. */
export interface IssuedToken {
  customerId: string;
  /** 32 random bytes in base64url. */
  token: string;
  expiresAt: Date;
}

const insertToken = statement({
  params: { customerId: uuid, purpose: text, tokenHash: bytea, hours: int4 },
  row: { expiresAt: timestamptz },
  sql: `with outdated as (
      delete from customer_token
      where customer_id = :customerId and (expires_at <= now() or (purpose = :purpose and purpose <> 'session')))
    insert into customer_token (customer_id, purpose, token_hash, expires_at)
    values (:customerId, :purpose, :tokenHash, now() + make_interval(hours => :hours))
    returning expires_at as "expiresAt"`,
});

const lockCustomerOfToken = statement({
  params: { tokenHash: bytea },
  sql: `select from customer_token t join customer c on c.id = t.customer_id
    where t.token_hash = :tokenHash for no key update of c`,
});

const deleteToken = statement({
  params: { tokenHash: bytea, purpose: text },
  row: { customerId: uuid },
  sql: `delete from customer_token where token_hash = :tokenHash and purpose = :purpose and expires_at > now()
    returning customer_id as "customerId"`,
});

/**
 * Issues a token to a customer whom the caller has locked. A new one-time token replaces the one before for the same
 * purpose; the customer's expired tokens are removed.
 */
export async function issueToken(
  em: EntityManager,
  customerId: string,
  purpose: TokenPurpose,
): Promise<IssuedToken> {
  const token = randomBytes(32).toString('base64url');
  const issued = await withoutRowDetails(() =>
    insertToken(em, { customerId, purpose, tokenHash: hashToken(token), hours: lifetimeHours[purpose] }),
  );
  return { customerId, token, expiresAt: onlyRow(issued).expiresAt };
}

/**
 * Uses up a one-time token, and locks its customer for the rest of the transaction. Of concurrent uses one succeeds;
 * if its transaction fails, the token stays.
 *
 * @returns the id of the customer
 * @throws UserError `invalid-token`
 */
export async function useToken(
  em: EntityManager,
  token: string,
  purpose: Exclude<TokenPurpose, 'session'>,
): Promise<string> {
  const tokenHash = hashToken(token);
  await lockCustomerOfToken(em, { tokenHash });
  const [used] = await deleteToken(em, { tokenHash, purpose });
  if (used === undefined) {
    throw new UserError('invalid-token', 'The token was used before, has expired, or never existed.', {
      hint: 'Ask for a new one.',
    });
  }
  return used.customerId;
}

/** The hash of a token, as the database stores it. Random bytes need no salt, and no slow hash. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(Buffer.from(token, 'base64url')).digest();
}
