/** A share in {@link allocateAmount}. */
export interface AmountShare {
  /** Unique. Breaks ties, so that parts do not depend on the order of the shares. */
  id: string;
  /** Not negative. */
  weight: bigint;
}

/**
 * Divides an amount over shares in proportion to their weights, by the largest remainder method: the parts sum to the
 * amount, and each is its exact proportion rounded down or up. So no part exceeds its weight unless the amount
 * exceeds their sum. If all weights are 0, the shares are equal.
 *
 * @param amountMinor not negative
 * @returns the parts, in the order of the shares
 * @throws RangeError when there is an amount and no share
 */
export function allocateAmount(amountMinor: bigint, shares: readonly AmountShare[]): bigint[] {
  const sum = shares.reduce((sum, { weight }) => sum + weight, 0n);
  if (sum === 0n && shares.length > 0) {
    return allocateAmount(
      amountMinor,
      shares.map(({ id }) => ({ id, weight: 1n })),
    );
  }
  if (shares.length === 0) {
    if (amountMinor === 0n) return [];
    throw new RangeError(`There is nothing to allocate ${amountMinor} to.`);
  }
  const parts = shares.map(({ weight }) => (amountMinor * weight) / sum);
  const byRemainder = shares
    .map(({ id, weight }, index) => ({ id, index, remainder: (amountMinor * weight) % sum }))
    .toSorted((a, b) => compare(b.remainder, a.remainder) || compare(a.id, b.id));
  const rest = amountMinor - parts.reduce((sum, part) => sum + part, 0n);
  for (const { index } of byRemainder.slice(0, Number(rest))) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts;
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : Number(a > b);
}
