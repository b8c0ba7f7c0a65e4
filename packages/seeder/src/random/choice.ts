import type { Draw } from './draw.ts';

/** Chooses positions, some more often than others. */
export interface Choice {
  /** The position drawn, from 0. */
  draw(draw: Draw): number;
}

/**
 * Chooses positions in proportion to their weights.
 *
 * @throws RangeError if a weight is negative, or none is above 0
 */
export function weightedChoice(weights: readonly number[]): Choice {
  const cumulative = cumulate(weights);
  const total = cumulative.at(-1) as number;
  return { draw: (draw) => firstAbove(cumulative, draw.unit() * total) };
}

/**
 * Chooses positions by Zipf's law: position k (from 0) in proportion to 1 / (k + 1)^exponent. Sales of products follow
 * it with an exponent of about 0.8 to 1.1.
 *
 * @param count number of positions, at least 1
 */
export function zipfChoice(count: number, exponent = 1): Choice {
  return weightedChoice(Array.from({ length: count }, (_, k) => (k + 1) ** -exponent));
}

/**
 * Chooses keys of an object in proportion to their weights: `{ delivered: 80, cancelled: 5 }`.
 *
 * @throws RangeError if a weight is negative, or none is above 0
 */
export function weightedKeys<Key extends string>(weights: Record<Key, number>): (draw: Draw) => Key {
  const keys = Object.keys(weights) as Key[];
  const choice = weightedChoice(Object.values(weights));
  return (draw) => keys[choice.draw(draw)] as Key;
}

/** The sum of each weight and all before it. */
export function cumulate(weights: readonly number[]): Float64Array {
  const cumulative = new Float64Array(weights.length);
  let total = 0;
  for (const [i, weight] of weights.entries()) {
    if (!(weight >= 0)) throw new RangeError(`Weight ${i} is ${weight}; a weight is a number of at least 0.`);
    total += weight;
    cumulative[i] = total;
  }
  if (!(total > 0)) throw new RangeError('At least one weight must be above 0.');
  return cumulative;
}

/** The first index whose value is above `x`; `x` is below the last value. */
export function firstAbove(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
