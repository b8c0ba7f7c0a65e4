/** What a run is doing. */
export type Phase = 'prepare' | 'load' | 'indexes' | 'constraints' | 'finish';

export interface Progress {
  phase: Phase;
  /** Rows in `load`; indexes, foreign keys, and passes in the other phases. */
  done: number;
  /** As `done`; while rows are loaded it is an estimate, within a few percent. */
  total: number;
  /** A second, since the phase began. */
  rate: number;
  /** Until the phase ends, at this rate; undefined while nothing is done. */
  secondsLeft: number | undefined;
}

export type ProgressListener = (progress: Progress) => void;

export interface LoadCounts {
  done: number;
  total: number;
}

/** Times the phases of a run and tells a listener how far it is. */
export class PhaseClock {
  /** Milliseconds spent in each phase. */
  readonly ms: Record<Phase, number> = { prepare: 0, load: 0, indexes: 0, constraints: 0, finish: 0 };
  readonly #listener: ProgressListener | undefined;
  #phase: Phase = 'prepare';
  #startedMs = performance.now();

  constructor(listener: ProgressListener | undefined) {
    this.#listener = listener;
  }

  /** Reports counts of a phase; a phase that is not the present one begins now. */
  report(phase: Phase, { done, total }: LoadCounts): void {
    if (phase !== this.#phase) this.#enter(phase);
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const rate = seconds > 0 ? done / seconds : 0;
    const secondsLeft = rate > 0 ? (total - done) / rate : undefined;
    this.#listener?.({ phase, done, total, rate, secondsLeft });
  }

  /** Ends the present phase. */
  stop(): void {
    this.#enter(this.#phase);
  }

  #enter(phase: Phase): void {
    const now = performance.now();
    this.ms[this.#phase] += now - this.#startedMs;
    this.#phase = phase;
    this.#startedMs = now;
  }
}
