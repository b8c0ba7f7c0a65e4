/** Choices that are the same for the same seed; what the clients' sessions make of them is up to the moment. */
export class Random {
  #state: number;

  /** @param seed a whole number from 0 to 2^32 - 1 */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to less than `below`: mulberry32. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** From 1 to `most`. */
  upTo(most: number): number {
    return 1 + this.below(most);
  }

  /** An amount from 1 to `most`, in minor units. */
  amountUpTo(most: bigint): bigint {
    return 1n + BigInt(this.below(Number(most)));
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.below(items.length)];
  }

  /** One of those with weights; each as often as its weight says. */
  weighted<Item>(table: readonly (readonly [weight: number, item: Item])[]): Item {
    const total = table.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.below(total);
    for (const [weight, item] of table) {
      left -= weight;
      if (left < 0) return item;
    }
    throw new Error('There is nothing to choose from.');
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, at: this.below(2 ** 32) }))
      .sort((one, other) => one.at - other.at)
      .map(({ item }) => item);
  }

  /** Another source of choices, for a client of its own. */
  fork(): Random {
    return new Random(this.below(2 ** 32));
  }
}
