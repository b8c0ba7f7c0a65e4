import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { newPassword, triedPassword } from './account-input.ts';
import { hashPassword } from './password-hash.ts';
import { replacePassword } from './replace-password.ts';
import { type Session, startSession } from './session.ts';
import { withPassword } from './with-password.ts';

const change = z.strictObject({ customerId: z.uuid(), currentPassword: triedPassword, newPassword });

/** What {@link changePassword} takes. */
export type PasswordChange = z.infer<typeof change>;

/**
 * Replaces the password of a customer who gives the present one, ends all their sessions, and starts a new session
 * for the browser that asked. A wrong password counts as at login. Runs in a transaction of its own.
 *
 * @throws AccountLocked: too many wrong passwords
 * @throws UserError `invalid-input`; `invalid-credentials`: the present password is wrong, or there is none
 */
export async function changePassword(em: EntityManager, input: PasswordChange): Promise<Session> {
  const { customerId, currentPassword, newPassword } = parseInput(change, input);
  const secretHash = await hashPassword(newPassword);
  return await withPassword(em, { customerId }, currentPassword, async (em) => {
    await replacePassword(em, customerId, secretHash, 'customer.change_password');
    return await startSession(em, customerId);
  });
}
