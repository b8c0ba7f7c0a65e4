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
 * Replaces the password of a customer who knows it, ends all their sessions, and starts a new one for the browser
 * that asked. A wrong password counts as at login. Runs in a transaction of its own.
 *
 * @throws AccountLocked; UserError `invalid-input`, `invalid-credentials` (also when they have no password)
 */
export async function changePassword(em: EntityManager, input: PasswordChange): Promise<Session> {
  const { customerId, currentPassword, newPassword } = parseInput(change, input);
  const secretHash = await hashPassword(newPassword);
  return await withPassword(em, { customerId }, currentPassword, async (em) => {
    await replacePassword(em, customerId, secretHash, 'customer.change_password');
    return await startSession(em, customerId);
  });
}
