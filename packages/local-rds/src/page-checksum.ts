/** Bytes of a page of a relation. */
export const pageBytes = 8192;

/** Starts of the 32 sums that PostgreSQL computes side by side (checksum_impl.h). */
const offsets = Uint32Array.of(
  0x5b1f36e9,
  0xb8525960,
  0x02ab50aa,
  0x1de66d2a,
  0x79ff467a,
  0x9bb9f8a3,
  0x217e7cd2,
  0x83e13d2c,
  0xf8d4474f,
  0xe39eb970,
  0x42c6ae16,
  0x993216fa,
  0x7b093b5d,
  0x98daff3c,
  0xf718902a,
  0x0b1c9cdb,
  0xe58f764b,
  0x187636bc,
  0x5d7b3bb1,
  0xe73de7de,
  0x92bec979,
  0xcca6c0b2,
  0x304a0979,
  0x85aa43d4,
  0x783125bb,
  0x6ca8eaa2,
  0xe407eac6,
  0x4b5cfc3e,
  0x9fbf8c76,
  0x15ca20be,
  0xf2ca9fd3,
  0x959bd756,
);
const prime = 16_777_619;
const sums = new Uint32Array(offsets.length);

/**
 * Whether a page is as PostgreSQL wrote it: its checksum fits, or it is new, all zeros.
 *
 * @param page {@link pageBytes} bytes, at an offset that is a multiple of 4
 * @param block its number within the relation, earlier segments included
 */
export function isPageIntact(page: Uint8Array, block: number): boolean {
  const words = new Uint32Array(page.buffer, page.byteOffset, pageBytes / 4);
  const [, , checksumAndFlags = 0, bounds = 0] = words;
  // The end of the free space is 0 in a new page only.
  if (bounds >>> 16 === 0) return isBlank(page);
  return (checksumAndFlags & 0xffff) === checksumOf(words, block);
}

/** Whether all bytes are 0. */
export function isBlank(page: Uint8Array): boolean {
  return page.every((byte) => byte === 0);
}

function checksumOf(words: Uint32Array, block: number): number {
  sums.set(offsets);
  for (let row = 0; row < words.length; row += sums.length) {
    for (let column = 0; column < sums.length; column++) {
      // The checksum itself counts as 0.
      const word = row + column === 2 ? (words[2] ?? 0) & 0xffff0000 : (words[row + column] ?? 0);
      sums[column] = mix((sums[column] ?? 0) ^ word);
    }
  }
  let checksum = block;
  for (const sum of sums) checksum ^= mix(mix(sum));
  return ((checksum >>> 0) % 65_535) + 1;
}

function mix(sum: number): number {
  return Math.imul(sum, prime) ^ (sum >>> 17);
}
