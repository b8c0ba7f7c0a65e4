/** Bytes of a page of a relation. */
export const pageBytes = 8192;

/** Starts of the 32 sums that PostgreSQL computes side by side (checksum_impl.h). */
const offsets = Uint32Array.from(
  `5b1f36e9 b8525960 02ab50aa 1de66d2a 79ff467a 9bb9f8a3 217e7cd2 83e13d2c
   f8d4474f e39eb970 42c6ae16 993216fa 7b093b5d 98daff3c f718902a 0b1c9cdb
   e58f764b 187636bc 5d7b3bb1 e73de7de 92bec979 cca6c0b2 304a0979 85aa43d4
   783125bb 6ca8eaa2 e407eac6 4b5cfc3e 9fbf8c76 15ca20be f2ca9fd3 959bd756`.split(/\s+/),
  (digits) => Number.parseInt(digits, 16),
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
