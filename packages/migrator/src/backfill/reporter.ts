import { seconds } from '../locks/blockers.ts';
import type { BatchProgress } from './progress-table.ts';

const intervalMs = 2000;
const waitIntervalMs = 10_000;

/** Tells people how a backfill gets on. */
export class Reporter {
  readonly #name: string;
  readonly #estimated: number | undefined;
  readonly #tell: (line: string) => void;
  readonly #startMs = performance.now();
  #toldMs = performance.now();
  #seen = 0;
  #waitToldMs = Number.NEGATIVE_INFINITY;
  #waitReason = '';

  /** @param estimated rows of the table */
  constructor(name: string, estimated: number | undefined, tell: (line: string) => void) {
    this.#name = name;
    this.#estimated = estimated;
    this.#tell = tell;
  }

  /** Tells where it begins: at the first row, or where an earlier run has stopped. */
  begins(progress: BatchProgress): void {
    this.#tell(
      `${this.#name}: ${progress.rowsSeen === 0 && progress.pass === 1 ? 'begins' : 'goes on'}; ${this.#where(progress)}`,
    );
  }

  /** After a batch of `seen` rows. */
  batch(progress: BatchProgress, seen: number): void {
    this.#seen += seen;
    this.#waitReason = '';
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < intervalMs) return;
    this.#toldMs = nowMs;
    const rate = this.#seen / ((nowMs - this.#startMs) / 1000);
    const left = Math.max(0, (this.#estimated ?? 0) - progress.rowsSeen);
    const eta =
      this.#estimated === undefined || rate === 0
        ? ''
        : `, about ${seconds((left / rate) * 1000)} left of this pass`;
    this.#tell(`${this.#name}: ${this.#where(progress)}, ${number(Math.round(rate))} rows/s${eta}`);
  }

  /** Tells for what it waits: when that begins or is about something else, and every 10 s. */
  waits(reason: string): void {
    const nowMs = performance.now();
    const kind = reason.replaceAll(/[\d.,]+/g, '');
    if (kind === this.#waitReason && nowMs - this.#waitToldMs < waitIntervalMs) return;
    this.#waitReason = kind;
    this.#waitToldMs = nowMs;
    this.#tell(`${this.#name}: waits, since ${reason}`);
  }

  #where({ pass, rowsSeen, rowsChanged }: BatchProgress): string {
    const of =
      this.#estimated === undefined || this.#estimated === 0 ? '' : ` of about ${number(this.#estimated)}`;
    const percent = percentOf(rowsSeen, this.#estimated);
    return `pass ${pass}, ${number(rowsSeen)}${of} rows seen${percent === undefined ? '' : ` (${percent} %)`}, ${number(rowsChanged)} changed`;
  }
}

/** How much of a table was seen, at most 100; undefined where its size is unknown. */
export function percentOf(seen: number, estimated: number | null | undefined): number | undefined {
  return estimated ? Math.min(100, Math.floor((seen / estimated) * 100)) : undefined;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
