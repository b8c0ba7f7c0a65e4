import { z } from 'zod';
import { email } from '../../bounds.ts';

export const personInput = z.union([z.strictObject({ customerId: z.uuid() }), z.strictObject({ email })], {
  error: 'either a customerId (a UUID) or an email',
});

/**
 * Identifies a person. By `customerId`: the account, and the guest orders with its e-mail address if the customer has
 * verified it, since anybody can register with somebody else's. By `email`: also unverified, and without an account;
 * the caller must know that the address is the person's.
 */
export type Person = z.infer<typeof personInput>;

/** SQL: whether a row of `customer c` is the account of the person; one of the two parameters is null. */
export const isPerson = '(c.id = :customerId or lower(c.email) = lower(:email))';
