import { removeExpired } from './remove-expired.ts';

/**
 * Removes a batch of idempotency keys that are older than 7 days; a request with such a key is a new one. Call it
 * until it returns 0. Concurrent calls remove different keys.
 *
 * @returns how many it removed
 * @throws UserError `invalid-input`
 */
export const removeExpiredKeys = removeExpired('idempotency_key', 'scope, key');
