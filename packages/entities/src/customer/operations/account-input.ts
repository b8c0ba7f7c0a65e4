import { z } from 'zod';

/** An e-mail address, as the CHECK of `customer` has it. */
export const emailAddress = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^@\s]+@[^@\s]+$/, 'not an e-mail address');

/** A password that is about to be set. NIST SP 800-63B: at least 8 characters, no rules about their kind. */
// An upper limit, since hashing takes time with the length; NIST asks for at least 64.
export const newPassword = z.string().min(8).max(256);

/** A password that is tried. One that is too short is a wrong one. */
export const triedPassword = z.string().max(256);

/** A token as {@link issueToken} made it, or anything else, which is then not valid. */
export const bearerToken = z.string().max(256);
