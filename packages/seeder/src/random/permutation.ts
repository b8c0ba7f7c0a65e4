import { mix32, type StreamKey } from './hash.ts';

/**
 * Puts the numbers 0 to `size` - 1 in a random order, computed one at a time: `permutation(key, n)(i)` is different for
 * each `i`. For unique values that look random, and to assign rows to each other without a look-up table.
 *
 * A Feistel network of four rounds over the smallest even number of bits that holds `size`; a result out of range is
 * fed back until it is in range (cycle walking, at most four times on average).
 *
 * @param size 1 to 2^32
 * @throws RangeError if the size, or later an index, is out of range
 */
export function permutation(key: StreamKey, size: number): (index: number) => number {
  if (!(Number.isInteger(size) && size >= 1 && size <= 2 ** 32)) {
    throw new RangeError(`The size of a permutation must be 1 to 2^32, not ${size}.`);
  }
  const halfBits = Math.max(1, Math.ceil(Math.log2(size) / 2));
  const half = 2 ** halfBits;
  const mask = half - 1;
  const rounds = [0, 1, 2, 3].map((round) => mix32(key.a + Math.imul(round + 1, key.b | 1)));

  return (index) => {
    if (!(index >= 0 && index < size))
      throw new RangeError(`The index of a permutation must be 0 to ${size - 1}, not ${index}.`);
    let value = index;
    do {
      let left = Math.floor(value / half);
      let right = value & mask;
      for (const round of rounds) {
        const next = left ^ (mix32(right ^ round) & mask);
        left = right;
        right = next >>> 0;
      }
      value = left * half + right;
    } while (value >= size);
    return value;
  };
}
