import { secret } from '../../bounds.ts';

/**
 * A password to be set. NIST SP 800-63B: at least 8 characters of any kind, and at least 64 allowed. The upper limit
 * bounds the time of the hash.
 */
export const newPassword = secret.min(8);

/** A password to be checked. One that is too short is just wrong. */
export const triedPassword = secret;

/** A token of {@link issueToken}, or any other text, which is then not valid. */
export const bearerToken = secret;
