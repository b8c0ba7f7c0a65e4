import { AmountExceeds, type AmountLimit } from './payment-errors.ts';

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
