import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocateAmount } from './allocate-amount.ts';

const minor = fc.bigInt({ min: 0n, max: 10n ** 12n });
const shares = fc
  .uniqueArray(fc.uuid(), { minLength: 1, maxLength: 12 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) => fc.oneof(minor, fc.constantFrom(0n, 1n, 100n)).map((weight) => ({ id, weight }))),
    ),
  );
const sum = (amounts: bigint[]) => amounts.reduce((a, b) => a + b, 0n);

test('the parts sum to the amount, and each is its proportion rounded down or up', () => {
  fc.assert(
    fc.property(minor, shares, (amount, shares) => {
      const parts = allocateAmount(amount, shares);
      const weights = sum(shares.map((share) => share.weight));
      expect(sum(parts)).toBe(amount);
      for (const [index, { weight }] of shares.entries()) {
        const part = parts[index] ?? -1n;
        const [portion, whole] = weights === 0n ? [1n, BigInt(shares.length)] : [weight, weights];
        expect(part * whole > amount * portion - whole && part * whole < amount * portion + whole).toBe(true);
        expect(part >= 0n && (amount > weights || part <= weight)).toBe(true);
      }
    }),
  );
});

test('a share gets the same part in any order', () => {
  fc.assert(
    fc.property(
      minor,
      shares.chain((shares) =>
        fc.tuple(
          fc.constant(shares),
          fc.shuffledSubarray(shares, { minLength: shares.length, maxLength: shares.length }),
        ),
      ),
      (amount, [shares, shuffled]) => {
        const byId = (list: typeof shares) => {
          const parts = allocateAmount(amount, list);
          return new Map(list.map(({ id }, index) => [id, parts[index]]));
        };
        expect(byId(shuffled)).toEqual(byId(shares));
      },
    ),
  );
});

test('one unit over three equal shares goes to the first id, and no units to no shares', () => {
  const shares = ['b', 'a', 'c'].map((id) => ({ id, weight: 5n }));
  expect(allocateAmount(10n, shares)).toEqual([3n, 4n, 3n]);
  expect(allocateAmount(0n, [])).toEqual([]);
  expect(() => allocateAmount(1n, [])).toThrow(RangeError);
});
