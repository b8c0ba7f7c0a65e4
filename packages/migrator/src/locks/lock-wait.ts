import type { Direction } from '../collect-queries.ts';
import { type Blocker, describeBlocker, seconds } from './blockers.ts';

/** A migration that waits for locks: it holds none meanwhile, except during a short attempt. */
export interface LockWait {
  migration: string;
  direction: Direction;
  waitedMs: number;
  /** Who keeps it waiting, the oldest transaction first; empty when that changes from attempt to attempt. */
  blockers: readonly Blocker[];
}

/** A wait in words, for a log. */
export function describeLockWait({ migration, direction, waitedMs, blockers }: LockWait): string {
  const who = blockers.length === 0 ? 'short transactions' : blockers.map(describeBlocker).join('; ');
  return `Migration ${migration} (${direction}) has waited ${seconds(waitedMs)} for locks, blocked by ${who}`;
}

const firstReportMs = 1000;
const reportIntervalMs = 10_000;

/** How long a migration, or a statement, waits for locks; reports it after a second, and every 10 s then. */
export class LockWaitClock {
  readonly #startMs = performance.now();
  readonly #limitMs: number;
  readonly #report: (wait: Pick<LockWait, 'waitedMs' | 'blockers'>) => void;
  #nextReportMs = firstReportMs;

  /** @param limitMs 0 for none */
  constructor(limitMs: number, report: (wait: Pick<LockWait, 'waitedMs' | 'blockers'>) => void) {
    this.#limitMs = limitMs;
    this.#report = report;
  }

  get waitedMs(): number {
    return Math.round(performance.now() - this.#startMs);
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
    this.#report({ waitedMs, blockers });
  }
}
