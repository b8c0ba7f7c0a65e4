import type { Direction } from '../collect-queries.ts';
import type { RunSettings } from '../options.ts';
import type { MigrationPlan } from '../plan-migration.ts';
import type { Blocker } from './blockers.ts';

const firstReportMs = 1000;
const reportIntervalMs = 10_000;

/**
 * How long a migration, or a statement, waits for locks; reports it after a second, and every 10 s then. It stands still
 * until it is started, and while statements run.
 */
export class LockWaitClock {
  #startMs: number | undefined;
  #endedMs = 0;
  readonly #of: { migration: string; direction: Direction };
  readonly #limitMs: number;
  readonly #report: RunSettings['onLockWait'];
  #nextReportMs = firstReportMs;

  constructor(
    { name, direction }: Pick<MigrationPlan, 'name' | 'direction'>,
    { ddlLockTimeoutMs, onLockWait }: Pick<RunSettings, 'ddlLockTimeoutMs' | 'onLockWait'>,
  ) {
    this.#of = { migration: name, direction };
    this.#limitMs = ddlLockTimeoutMs;
    this.#report = onLockWait;
  }

  get waitedMs(): number {
    const runningMs = this.#startMs === undefined ? 0 : performance.now() - this.#startMs;
    return Math.round(this.#endedMs + runningMs);
  }

  /** @param beforeMs what has to be counted, too */
  start(beforeMs = 0): void {
    this.#endedMs += beforeMs;
    this.#startMs ??= performance.now();
  }

  stop(): void {
    this.#endedMs = this.waitedMs;
    this.#startMs = undefined;
  }

  /** For a statement that waits in the server: whom it was seen waiting for. */
  see(blockers: readonly Blocker[]): void {
    if (blockers.length === 0) return this.stop();
    this.start();
    this.tell(blockers);
  }

  get isOver(): boolean {
    return this.#limitMs > 0 && this.waitedMs >= this.#limitMs;
  }

  /** The part of a pause that the limit leaves, in ms. */
  within(pauseMs: number): number {
    return this.#limitMs === 0 ? pauseMs : Math.max(1, Math.min(pauseMs, this.#limitMs - this.waitedMs));
  }

  tell(blockers: readonly Blocker[]): void {
    const { waitedMs } = this;
    if (waitedMs < this.#nextReportMs) return;
    this.#nextReportMs = waitedMs + reportIntervalMs;
    this.#report?.({ ...this.#of, waitedMs, blockers });
  }
}
