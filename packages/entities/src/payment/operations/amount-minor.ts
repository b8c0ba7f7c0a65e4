import { z } from 'zod';
import { AmountExceeds, type AmountLimit } from './payment-errors.ts';

/** An amount of a payment, in minor units: as much as a `bigint` column takes. */
export const amountMinor = z
  .bigint()
  .positive()
  .max(2n ** 63n - 1n);

/**
 * The requested amount, or all that is available.
 *
 * @throws AmountExceeds: more is requested, or nothing is available
 */
export function amountWithin(
  limit: AmountLimit,
  { requestedMinor, availableMinor }: { requestedMinor: bigint | undefined; availableMinor: bigint },
): bigint {
  const amountMinor = requestedMinor ?? availableMinor;
  if (amountMinor > availableMinor || amountMinor <= 0n) {
    throw new AmountExceeds(limit, { requestedMinor: amountMinor, availableMinor });
  }
  return amountMinor;
}
