import { removeExpired } from '../../runtime/remove-expired.ts';

/**
 * Removes a batch of expired sessions and tokens, which are refused anyway, to keep the table small. Call it until it
 * returns 0. Concurrent calls remove different ones.
 *
 * @returns how many it removed
 * @throws UserError `invalid-input`
 */
export const removeExpiredTokens = removeExpired('customer_token', 'id');
