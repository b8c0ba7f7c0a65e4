import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { email } from '../../bounds.ts';
import { triedPassword } from './account-input.ts';
import { type Session, startSession } from './session.ts';
import { withPassword } from './with-password.ts';

const credentials = z.strictObject({ email, password: triedPassword });

/** What {@link logIn} takes. */
export type Credentials = z.infer<typeof credentials>;

/**
 * Starts a session of the customer with this e-mail address (in any case) and password, in a transaction of its own.
 * It takes as long for an unknown address. Ten wrong passwords in a row lock the password for 15 minutes, as does
 * each one after; a new password unlocks it.
 *
 * @throws AccountLocked: too many wrong passwords
 * @throws UserError `invalid-input`; `invalid-credentials`: the address or the password is wrong
 */
export async function logIn(em: EntityManager, input: Credentials): Promise<Session> {
  const { email, password } = parseInput(credentials, input);
  return await withPassword(em, { email }, password, startSession);
}
