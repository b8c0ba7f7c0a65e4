import { mix32, type StreamKey } from './hash.ts';
import { Uuid } from './uuid.ts';

const golden = 0x9e3779b9;
const two32 = 4_294_967_296;

/**
 * The random numbers of one row of one stream. A number is a hash of (stream, row, how many were drawn before it in
 * this row): any row can be generated alone, in any order, on any machine.
 */
export class Draw {
  readonly #id: number;
  readonly #a: number;
  readonly #b: number;
  #counter = 0;

  constructor(key: StreamKey, row: number) {
    const low = row >>> 0;
    const high = (row / two32) >>> 0;
    // Two words of state: with one, two rows in 65,536 would share all of their draws.
    this.#id = mix32(low ^ key.a);
    this.#a = this.#id ^ mix32(high + golden);
    this.#b = mix32((Math.imul(low, golden) ^ key.b) + high);
  }

  /** A whole number from 0 to 2^32 - 1. */
  u32(): number {
    this.#counter = (this.#counter + golden) | 0;
    return mix32(mix32(this.#a + this.#counter) ^ this.#b);
  }

  /** A number from 0 (included) to 1 (excluded), with 32 random bits. */
  unit(): number {
    return this.u32() / two32;
  }

  /** A whole number from `min` to `max`, both included; up to 2^32 values. */
  int(min: number, max: number): number {
    return min + Math.floor(this.unit() * (max - min + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** An entry of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('pick() needs a list that is not empty.');
    return list[Math.floor(this.unit() * list.length)] as T;
  }

  /**
   * A UUID of version 7 (RFC 9562) with this time in ms since 1970 UTC. Its last 32 bits are a permutation of the row's
   * number, so that no two of the first 2^32 rows of a stream have the same one, whatever was drawn.
   */
  uuid7(timeMs: number): Uuid {
    const time = Math.max(0, Math.floor(timeMs));
    const random = this.u32();
    return new Uuid(
      Math.floor(time / 65_536),
      ((time % 65_536) << 16) | 0x7000 | (random & 0xfff),
      0x80000000 | (this.u32() >>> 2),
      this.#id,
    );
  }
}
