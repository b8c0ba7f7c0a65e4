import { randomInt } from 'node:crypto';
import { onTestFailed } from 'vitest';

/** Random choices of one client. */
export interface Choices {
  /** A whole number from 0 to less than `below`. */
  random: (below: number) => number;
  /** One of a list that is not empty. */
  oneOf: <T>(list: readonly T[]) => T;
}

/**
 * Random choices of a test: those of each client are the same again for the same `SHOP_SEED`, which a failure prints.
 * How the clients interleave is up to the machine.
 */
export function seededChoices(): (client: number) => Choices {
  const seed = Number(process.env['SHOP_SEED'] ?? randomInt(2 ** 31));
  onTestFailed(() => console.error(`SHOP_SEED=${seed} makes the same random choices again.`));
  return (client) => {
    const next = mulberry32(seed + client);
    const random = (below: number): number => Math.floor(next() * below);
    const oneOf = <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new Error('There is nothing to choose from.');
      return list[random(list.length)] as T;
    };
    return { random, oneOf };
  };
}

/** Numbers from 0 to less than 1 (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
