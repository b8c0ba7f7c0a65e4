/** What a run is doing, in this order. */
export type Phase = 'prepare' | 'load' | 'indexes' | 'constraints' | 'finish';

export interface Progress {
  phase: Phase;
  /** Rows in `load`, indexes in `indexes`, foreign keys in `constraints`; in the other phases 0, then 1. */
  done: number;
  /** As `done`; while rows are loaded it is an estimate, within a few percent. */
  total: number;
  /** What was done per second since the phase began. */
  rate: number;
  /** Seconds until the phase ends at this rate; undefined while nothing is done. */
  secondsLeft: number | undefined;
}

export type ProgressListener = (progress: Progress) => void;

/** Reports how far a phase is. */
export type Report = (done: number, total: number) => void;

/** Times the phases of a run, and reports their progress to a listener. */
export class PhaseClock {
  /** Milliseconds spent in each phase. */
  readonly ms: Record<Phase, number> = { prepare: 0, load: 0, indexes: 0, constraints: 0, finish: 0 };
  readonly #listener: ProgressListener | undefined;

  constructor(listener: ProgressListener | undefined) {
    this.#listener = listener;
  }

  /** Runs a phase, which gets the function to report its progress with. */
  async run<T>(phase: Phase, work: (report: Report) => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const result = await work((done, total) => {
      const seconds = (performance.now() - startedMs) / 1000;
      const rate = seconds > 0 ? done / seconds : 0;
      const secondsLeft = rate > 0 ? (total - done) / rate : undefined;
      this.#listener?.({ phase, done, total, rate, secondsLeft });
    });
    this.ms[phase] = performance.now() - startedMs;
    return result;
  }
}
