import { createHash } from 'node:crypto';

/** Two 32-bit words that every draw of a stream is keyed with. */
export interface StreamKey {
  readonly a: number;
  readonly b: number;
}

/**
 * The finalizer of MurmurHash3 (Austin Appleby, public domain): a bijection of 32-bit words in which each input bit
 * flips each output bit with a probability of about one half.
 */
export function mix32(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The key of one named stream of a run: SHA-256 of all parts, so that no two streams are related. */
export function streamKey(...parts: readonly (string | number)[]): StreamKey {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  return { a: digest.readUInt32LE(0), b: digest.readUInt32LE(4) };
}
