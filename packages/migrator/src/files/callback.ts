import type { Direction } from '../collect-queries.ts';

/** What a callback is told. */
export interface CallbackEvent {
  direction: Direction;
  /** The migration that is about to run, or ran; of `onError`, that which ran last. */
  migration?: string;
  /** What failed; of `onError` only. */
  error?: unknown;
}

/** A callback; what it throws ends the run. */
export type Callback = (event: CallbackEvent) => void | Promise<void>;

/**
 * What is called in a run, outside the transactions of the migrations.
 *
 * - `beforeUp`: before the first migration of `up`; not when there is none to run
 * - `beforeEach`, `afterEach`: before and after each migration, in both directions
 * - `afterUp`: after the last migration of `up`
 * - `onError`: when the run fails, after what failed was rolled back
 */
export type Callbacks = { [Name in CallbackName]?: Callback };

export type CallbackName = (typeof callbackNames)[number];

export const callbackNames = ['beforeUp', 'beforeEach', 'afterEach', 'afterUp', 'onError'] as const;
