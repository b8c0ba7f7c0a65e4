import { z } from 'zod';

/** An e-mail address, as the CHECK of `customer` allows it. */
export const emailAddress = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^@\s]+@[^@\s]+$/, 'not an e-mail address');

/**
 * A password to be set. NIST SP 800-63B: at least 8 characters of any kind, and at least 64 allowed. The upper limit
 * bounds the time of the hash.
 */
export const newPassword = z.string().min(8).max(256);

/** A password to be checked. One that is too short is just wrong. */
export const triedPassword = z.string().max(256);

/** A token of {@link issueToken}, or any other text, which is then not valid. */
export const bearerToken = z.string().max(256);
