const growthPerBatch = 2;
const growthInAll = 10;
/** What takes time whatever the number of rows must not make batches ever smaller. */
const leastPart = 100;

/** How many rows a batch has: as many as take the time that a batch is to take. */
export class Pace {
  readonly #targetMs: number;
  readonly #most: number;
  readonly #least: number;
  #rows: number;

  /** @param rows with which it begins; the most is ten times of it */
  constructor(rows: number, targetMs: number) {
    this.#rows = rows;
    this.#most = rows * growthInAll;
    this.#least = Math.ceil(rows / leastPart);
    this.#targetMs = targetMs;
  }

  get rows(): number {
    return this.#rows;
  }

  /** After a batch whose rows were changed in `ms`: the next one has at most twice its rows. */
  took(ms: number): void {
    const factor = Math.min(growthPerBatch, this.#targetMs / Math.max(ms, 1));
    this.#rows = Math.min(this.#most, Math.max(this.#least, Math.round(this.#rows * factor)));
  }

  /**
   * After a batch that did not end in its time.
   *
   * @returns whether the next one is smaller
   */
  shrink(): boolean {
    if (this.#rows === 1) return false;
    this.#rows = Math.max(1, Math.floor(this.#rows / 4));
    return true;
  }
}
