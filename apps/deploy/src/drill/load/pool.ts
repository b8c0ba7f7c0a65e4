import type { Random } from '../random.ts';

/** So few that clients meet at the same order. */
const size = 60;

/** What clients have made lately, for any of them to go on with. */
export class Pool<Item> {
  readonly #items: Item[] = [];
  #next = 0;

  add(item: Item): void {
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % size;
  }

  pick(random: Random): Item | undefined {
    return random.pick(this.#items);
  }
}
